"""Tries that failed, so that the next ones can be slowed down."""

from __future__ import annotations

from django.db import models


class SignInFailures(models.Model):
    """How often something was tried lately, for one account, address or device; `key` does not say which."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    wait_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.failures}"
