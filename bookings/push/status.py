"""How a booking stands with the linked calendar, in words and with the one thing to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Booking, LinkedEvent
from bookings.models.placement import Placement
from bookings.push.outbox import push_state
from connections.problems import Problem

State = Placement.State
Text = str | Promise

TONES = {
    State.QUEUED: "muted",
    State.PUSHED: "good",
    State.RETRYING: "warn",
    State.CHANGED_ON_BOTH_SIDES: "warn",
    State.NEEDS_RECONNECT: "bad",
    State.NO_LINKED_CALENDAR: "muted",
}
SENTENCES: dict[str, Text] = {
    State.QUEUED: gettext_lazy("It is sent to “%(calendar)s” in a moment."),
    State.PUSHED: gettext_lazy("It stands in “%(calendar)s”, so it is on the iPhone."),
    State.RETRYING: gettext_lazy("It could not be sent to “%(calendar)s” yet. Kalends keeps trying."),
    State.CHANGED_ON_BOTH_SIDES: gettext_lazy(
        "It was changed on the iPhone. Decide whether that stands; until then the booking does."
    ),
    State.NEEDS_RECONNECT: gettext_lazy("It waits until iCloud is connected again."),
    State.NO_LINKED_CALENDAR: gettext_lazy(
        "It is in Kalends only. Choose a linked calendar to see bookings on the iPhone."
    ),
}


@dataclass(frozen=True, slots=True)
class Push:
    """`tone` is good, warn, bad or muted; `action` the words of what can be done, by GET at `url` or as `again`."""

    state: str
    tone: str
    label: Text
    sentence: str
    action: Text = ""
    url: str = ""
    again: bool = False


def push_of(booking: Booking) -> Push:
    """How the booking's event is doing. Reads `booking.linked_events.all()`, so prefetch it with its calendars."""
    placement = _placement(booking)
    if placement is None:
        return _nowhere(booking)
    state = State(push_state(booking))
    if placement.wanted == LinkedEvent.Wanted.ABSENT and state in (State.QUEUED, State.PUSHED):
        return _leaving(placement)
    action, url = _action(placement, state)
    return Push(
        state=state,
        tone=TONES[state],
        label=_("Waits for your decision") if state == State.CHANGED_ON_BOTH_SIDES else state.label,
        sentence=_sentence(placement, state),
        action=action,
        url=url,
        again=bool(action) and not url,
    )


def _placement(booking: Booking) -> LinkedEvent | None:
    """The placement to speak of: the wanted one or, while it is still to go, the last."""
    placements = list(booking.linked_events.all())
    wanted = [placement for placement in placements if placement.wanted == LinkedEvent.Wanted.PRESENT]
    return next(reversed(wanted or placements), None)


def _nowhere(booking: Booking) -> Push:
    state = State.NO_LINKED_CALENDAR
    if not booking.live:
        return Push(state, "muted", state.label, _("It was never on a calendar."))
    text = str(SENTENCES[state])
    return Push(state, TONES[state], state.label, text, _("Choose a linked calendar"), reverse("configuration"))


def _leaving(placement: LinkedEvent) -> Push:
    if placement.removed_at:
        return Push(placement.state, "muted", _("Taken off the calendar"), _("Its event was removed from iCloud."))
    text = _("Its event is removed from “%(calendar)s” in a moment.") % {"calendar": _name(placement)}
    return Push(placement.state, "muted", _("Being removed"), text, _("Try now"), again=True)


def _sentence(placement: LinkedEvent, state: State) -> str:
    if placement.error_code and state in (State.RETRYING, State.NO_LINKED_CALENDAR):
        problem = Problem(placement.error_code, placement.error_params)
        return (placement.calendar.connection.about(problem) if placement.calendar else problem).sentence
    return str(SENTENCES[state]) % {"calendar": _name(placement)}


def _action(placement: LinkedEvent, state: State) -> tuple[Text, str]:
    if state == State.CHANGED_ON_BOTH_SIDES:
        return _("Decide"), reverse("bookings:proposals")
    if state == State.NO_LINKED_CALENDAR:
        return _("Choose a linked calendar"), reverse("configuration")
    if state == State.NEEDS_RECONNECT:
        if placement.calendar is None:
            return _("Reconnect"), reverse("connections:list")
        return _("Reconnect"), reverse("connections:reconnect", args=[placement.calendar.connection_id])
    if state in (State.QUEUED, State.RETRYING):
        return _("Try now"), ""
    return "", ""


def _name(placement: LinkedEvent) -> str:
    return str(placement.calendar) if placement.calendar else placement.calendar_path
