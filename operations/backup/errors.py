"""Why a backup is not written or not restored."""

from __future__ import annotations


class BackupRefused(Exception):
    """The message is a sentence that tells the operator what to do. Nothing was changed."""


def reason_of(error: OSError) -> str:
    """What the operating system says, without the name of a file and without a full stop."""
    return (error.strerror or str(error)).rstrip(".")
