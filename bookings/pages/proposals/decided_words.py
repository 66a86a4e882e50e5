"""What a decision has done, in a sentence for whoever took it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bookings.models import Proposal
from bookings.models.placement import Placement
from bookings.push.outbox import push_state
from practice.models import User
from practice.time_format import day_and_clock

Choice = Proposal.Choice


def decided_words(proposal: Proposal, reader: User) -> str:
    """What was done, and whether it has reached the iPhone; "" for a proposal that nobody has decided."""
    if not proposal.choice:
        return ""
    if proposal.choice == Choice.PUT_BACK:
        return _put_back(proposal, reader)
    sentences = {
        Choice.KEEP: _("Done. The booking stands."),
        Choice.ASK: _("Done. The client is asked to choose another time."),
        Choice.HAND_OVER: _("Done. The booking was given to a colleague."),
        Choice.STAND: _("Done. The appointment stands."),
        Choice.KEEP_ASKING: _("Done. The client is still asked to choose another time."),
        Choice.ACCEPT: _("Done. The booking begins on %(time)s now."),
        Choice.CANCEL: _("Done. The booking is cancelled."),
        Choice.APPROVE: _("Done. The appointment is confirmed."),
        Choice.REFUSE: _("Done. The request is refused."),
    }
    return sentences[Choice(proposal.choice)] % {"time": day_and_clock(proposal.booking.start)}


def _put_back(proposal: Proposal, reader: User) -> str:
    is_there = push_state(proposal.booking) == Placement.State.PUSHED
    staff = proposal.booking.staff
    if staff == reader and is_there:
        return _("Done. The booking stands and is on your iPhone again.")
    if staff == reader:
        return _("Done. The booking stands and will be on your iPhone again in a moment.")
    if is_there:
        text = _("Done. The booking stands and is on the iPhone of %(person)s again.")
    else:
        text = _("Done. The booking stands and will be on the iPhone of %(person)s again in a moment.")
    return text % {"person": staff.get_full_name() or staff.get_username()}
