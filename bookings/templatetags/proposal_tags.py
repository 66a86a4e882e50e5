"""What a proposal asks, for templates: its timeline, its choices, and what a decision has done."""

from __future__ import annotations

from django import template

from bookings.models import Proposal
from bookings.pages.proposals.decided_words import decided_words
from bookings.pages.proposals.timeline import timeline_of

register = template.Library()
register.filter("timeline", timeline_of)
register.filter("decided_words", decided_words)


@register.filter
def safe_first(proposal: Proposal) -> list[Proposal.Choice]:
    """What can be decided, first the choice under which the booking stays as the client knows it."""
    return sorted(proposal.choices, key=lambda choice: choice != proposal.safe_choice)
