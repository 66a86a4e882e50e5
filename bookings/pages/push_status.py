"""Whether a booking is in the linked calendar: in words, and what can be done if it is not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Booking, LinkedEvent
from bookings.models.placement import Placement
from bookings.openings.freshness_words import SILENCE
from bookings.push.outbox import push_state
from practice.models import User

State = Placement.State
Text = str | Promise


class Tone(StrEnum):
    """How good or bad a state is; also the last part of a badge's CSS class."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    MUTED = "muted"


TONES = {
    State.QUEUED: Tone.MUTED,
    State.PUSHED: Tone.GOOD,
    State.RETRYING: Tone.WARN,
    State.WAITING_FOR_DECISION: Tone.WARN,
    State.CHANGED_ON_BOTH_SIDES: Tone.WARN,
    State.NEEDS_RECONNECT: Tone.BAD,
    State.NO_LINKED_CALENDAR: Tone.MUTED,
}
SENTENCES: dict[str, Text] = {
    State.QUEUED: gettext_lazy("Will be sent to “%(calendar)s” in a moment."),
    State.PUSHED: gettext_lazy("In your “%(calendar)s” calendar, on your iPhone."),
    State.RETRYING: gettext_lazy("Could not be sent to “%(calendar)s” yet. Kalends keeps trying."),
    State.WAITING_FOR_DECISION: gettext_lazy("Changed on your iPhone. The booking stays as it is until you decide."),
    State.CHANGED_ON_BOTH_SIDES: gettext_lazy(
        "Changed on your iPhone and in Kalends. The booking stays as it is until you decide."
    ),
    State.NEEDS_RECONNECT: gettext_lazy("Waits until %(provider)s is connected again."),
    State.NO_LINKED_CALENDAR: gettext_lazy("In Kalends only. Choose a linked calendar to see bookings on your iPhone."),
}


OFF_IPHONE: dict[str, Text] = {
    State.PUSHED: gettext_lazy("In your “%(calendar)s” calendar at %(provider)s."),
    State.WAITING_FOR_DECISION: gettext_lazy("Changed in “%(calendar)s”. The booking stays as it is until you decide."),
    State.CHANGED_ON_BOTH_SIDES: gettext_lazy(
        "Changed in “%(calendar)s” and in Kalends. The booking stays as it is until you decide."
    ),
}
"""What is said instead of events at providers whose calendars need not stand on an iPhone."""


OF_COLLEAGUES: dict[str, Text] = {
    State.QUEUED: gettext_lazy("Will be sent to the calendar of %(person)s in a moment."),
    State.PUSHED: gettext_lazy("In the calendar of %(person)s."),
    State.RETRYING: gettext_lazy("Could not be sent to the calendar of %(person)s yet. Kalends keeps trying."),
    State.WAITING_FOR_DECISION: gettext_lazy("Changed on the iPhone of %(person)s, and not decided yet."),
    State.CHANGED_ON_BOTH_SIDES: gettext_lazy(
        "Changed on the iPhone of %(person)s and in Kalends, and not decided yet."
    ),
    State.NEEDS_RECONNECT: gettext_lazy("Waits until %(person)s connects the calendar again."),
    State.NO_LINKED_CALENDAR: gettext_lazy("In Kalends only. %(person)s has no linked calendar."),
}
"""What is told of bookings of others: whether the event is there, and nothing about their calendars."""


@dataclass(frozen=True, slots=True)
class Push:
    """`action` says what can be done: a GET of `url` or, if `again`, a new push."""

    state: str
    tone: Tone
    label: Text
    sentence: str
    action: Text = ""
    url: str = ""
    again: bool = False


def push_of(booking: Booking, reader: User | None = None) -> Push:
    """The push state of a booking, in words for the reader; without one for its staff member, who can do something.

    Reads `booking.linked_events.all()`: prefetch them with calendar and connection.
    """
    if reader and booking.staff_id != reader.pk:
        return _of_colleague(booking)
    placement = _placement(booking)
    if placement is None:
        return _without_event(booking)
    state = State(push_state(booking))
    if placement.wanted == LinkedEvent.Wanted.ABSENT and state in (State.QUEUED, State.PUSHED):
        return _withdrawn(placement)
    action, url = _action(placement, state)
    return Push(
        state=state,
        tone=TONES[state],
        label=_label(placement, state),
        sentence=_sentence(placement, state),
        action=action,
        url=url,
        again=bool(action) and not url,
    )


def _of_colleague(booking: Booking) -> Push:
    state = State(push_state(booking))
    placement = _placement(booking)
    words = {"person": booking.staff.get_full_name() or booking.staff.get_username()}
    if not booking.live:
        removed = _("Its event is removed from the calendar of %(person)s.")
        return Push(state, Tone.MUTED, _("Cancelled"), removed % words)
    silent = placement and state in (State.QUEUED, State.RETRYING) and _is_silent(placement)
    sentence = _("Reaches the calendar of %(person)s when it answers.") if silent else str(OF_COLLEAGUES[state])
    return Push(state, TONES[state], _COLLEAGUES_LABELS.get(state, state.label), sentence % words)


_COLLEAGUES_LABELS: dict[str, Text] = {
    State.WAITING_FOR_DECISION: gettext_lazy("Not decided"),
    State.CHANGED_ON_BOTH_SIDES: gettext_lazy("Not decided"),
    State.NEEDS_RECONNECT: gettext_lazy("Not in the calendar"),
}


def _placement(booking: Booking) -> LinkedEvent | None:
    """The placement that counts: the wanted one or, if there is none, the last."""
    placements = list(booking.linked_events.all())
    wanted = [placement for placement in placements if placement.wanted == LinkedEvent.Wanted.PRESENT]
    return next(reversed(wanted or placements), None)


def _without_event(booking: Booking) -> Push:
    state = State.NO_LINKED_CALENDAR
    if not booking.live:
        return Push(state, Tone.MUTED, state.label, _("It was never in a calendar."))
    text = str(SENTENCES[state])
    return Push(state, TONES[state], state.label, text, _("Choose a linked calendar"), reverse("configuration:page"))


_REMOVED = gettext_lazy("Its event was removed from your calendar.")
"""Of a calendar that is gone."""


def _withdrawn(placement: LinkedEvent) -> Push:
    words = {"calendar": _name(placement), "provider": _provider(placement)}
    if placement.removed_at:
        return Push(
            placement.state,
            Tone.MUTED,
            _("Removed from the calendar"),
            (_("Its event was removed from %(provider)s.") if placement.calendar else _REMOVED) % words,
        )
    text = _("Its event will be removed from “%(calendar)s” in a moment.") % words
    return Push(placement.state, Tone.MUTED, _("Being removed"), text, _("Try now"), again=True)


def _sentence(placement: LinkedEvent, state: State) -> str:
    words = {"calendar": _name(placement), "provider": _provider(placement)}
    on_iphone = placement.calendar is None or placement.calendar.connection.at.is_on_iphone
    if state in (State.QUEUED, State.RETRYING) and _is_silent(placement):
        silent = _("Reaches your iPhone when %(provider)s answers.")
        return (silent if on_iphone else _("Reaches “%(calendar)s” when %(provider)s answers.")) % words
    if placement.error_code and state in (State.RETRYING, State.NO_LINKED_CALENDAR):
        return placement.sentence
    return str(SENTENCES[state] if on_iphone else OFF_IPHONE.get(state, SENTENCES[state])) % words


def _is_silent(placement: LinkedEvent) -> bool:
    """Does the account not answer, as the last push or the last poll found?"""
    account = placement.calendar.connection if placement.calendar else None
    unanswered = account is not None and account.failures > 0 and account.error_code in SILENCE
    return unanswered or placement.error_code in SILENCE


def _label(placement: LinkedEvent, state: State) -> Text:
    if state in Placement.UNDECIDED:
        return _("Needs your decision")
    if state == State.NEEDS_RECONNECT:
        return _("Reconnect %(provider)s") % {"provider": _provider(placement)}
    return state.label


def _action(placement: LinkedEvent, state: State) -> tuple[Text, str]:
    if state in Placement.UNDECIDED:
        return _("Decide"), reverse("proposals:list")
    if state == State.NO_LINKED_CALENDAR:
        return _("Choose a linked calendar"), reverse("configuration:page")
    if state == State.NEEDS_RECONNECT:
        if placement.calendar is None:
            return _("Reconnect"), reverse("connections:list")
        return _("Reconnect"), reverse("connections:reconnect", args=[placement.calendar.connection_id])
    if state in (State.QUEUED, State.RETRYING):
        return _("Try now"), ""
    return "", ""


def _provider(placement: LinkedEvent) -> str:
    """The provider that has the event; of a calendar that is gone, nobody knows which one had it."""
    if placement.calendar is None:
        return _("your calendar")
    return str(placement.calendar.connection.words.name)


def _name(placement: LinkedEvent) -> str:
    return str(placement.calendar) if placement.calendar else placement.calendar_path
