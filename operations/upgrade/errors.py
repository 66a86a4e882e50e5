"""Why an upgrade does not begin, or does not go on."""

from __future__ import annotations


class UpgradeRefused(Exception):
    """The message is a sentence that tells the operator what to do. Nothing was changed."""


class StepFailed(Exception):
    """A step failed; the message says why, in a sentence."""
