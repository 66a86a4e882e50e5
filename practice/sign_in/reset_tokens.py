"""What proves that a link to set a new password was mailed to its user."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from practice.models import User


class ResetTokens(PasswordResetTokenGenerator):
    """Django's tokens, which lead nowhere once the user was deactivated."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"
