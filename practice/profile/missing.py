"""May clients book? What the practice must say about itself before they can."""

from __future__ import annotations

from django.utils.translation import gettext as _

from practice.models import Practice
from practice.profile.mailing import only_prints_mail


def missing_for_clients(practice: Practice, *, mail_is_sent: bool) -> list[str]:
    """What is to do before clients can book, in the order of the settings page; empty if they can."""
    steps = (
        (practice.name, _("Enter the name of the practice.")),
        (practice.phone, _("Enter a phone number that clients can call.")),
        (practice.sender_address, _("Enter the address that e-mails come from.")),
        (mail_is_sent, _("Set EMAIL_URL to your mail server. Now e-mails are only printed, not sent.")),
        (practice.imprint.strip(), _("Enter the imprint.")),
        (practice.privacy_notice.strip(), _("Enter the privacy notice, or write a draft of it.")),
    )
    return [sentence for given, sentence in steps if not given]


def missing_now() -> list[str]:
    """What is to do before clients of this deployment can book; empty if they can."""
    return missing_for_clients(Practice.current(), mail_is_sent=not only_prints_mail())
