"""What a proposal asks, for templates: its timeline, its choices, and what a decision has done."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from bookings.models import Proposal
from bookings.pages.proposals.decided_words import decided_words
from bookings.pages.proposals.timeline import timeline_of

_OF_SEVERAL = {
    Proposal.Choice.PUT_BACK: _("Put them back"),
    Proposal.Choice.CANCEL: _("Cancel and tell the clients"),
}

register = template.Library()
register.filter("timeline", timeline_of)
register.filter("decided_words", decided_words)


@register.filter
def safe_first(proposal: Proposal) -> list[Proposal.Choice]:
    """What can be decided, first the choice under which the booking stays as the client knows it."""
    return sorted(proposal.choices, key=lambda choice: choice != proposal.safe_choice)


@register.filter
def label_of_all(choice: Proposal.Choice, bookings: int) -> str:
    """What a button says that decides about so many bookings at once."""
    return str(_OF_SEVERAL.get(choice, choice.label) if bookings > 1 else choice.label)
