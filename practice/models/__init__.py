"""Who works here, and what the practice says about itself.

USER: somebody who signs in. Their role decides what they may do (practice.roles); their slug stands in public addresses
instead of the name that they sign in with. FORMER SLUG: a slug that somebody had, so that old links still lead to them.
INVITATION: somebody who was asked to work here.
PRACTICE: the one practice of this deployment. LOGO: its picture. ACTIVITY: what an owner may have to account for.
RESTORE: that this copy was made from a backup, and what waits until somebody has looked.
FAILURES: wrong passwords and other tries, counted by practice.sign_in.
"""

from __future__ import annotations

from practice.models.activity import Activity
from practice.models.choices import client_languages, languages
from practice.models.detail import CalendarDetail
from practice.models.failures import SignInFailures
from practice.models.invitation import Invitation, InvitationState
from practice.models.limited import Limited
from practice.models.logo import Logo
from practice.models.practice import Practice
from practice.models.restore import Restore
from practice.models.user import FormerSlug, User

__all__ = [
    "Activity",
    "CalendarDetail",
    "FormerSlug",
    "Invitation",
    "InvitationState",
    "Limited",
    "Logo",
    "Practice",
    "Restore",
    "SignInFailures",
    "User",
    "client_languages",
    "languages",
]
