"""A client who has read a mail opens its link, chooses another time and cancels."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from bookings.models import Booking, BookingChange
from soak.actors.readers import MailReader
from soak.mails.arrival import Arrival
from soak.people import describe_practice
from tests.factories import NOW, START
from tests.soak.stage import Stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.time_machine(NOW, tick=False)]
SUBMITTED = BookingChange.Source.CLIENT


@pytest.fixture
def reader(stage: Stage, live_server: Any, settings: Any) -> MailReader:
    """Whoever reads Carla's confirmation."""
    describe_practice()
    stage.people.mail_server.arrived[:] = stage.arrived()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return MailReader(stage.people, stage.ledger, "seed", Event(), 1.0, live_server.url)


def history(booking: Booking) -> list[tuple[str, str]]:
    """Kinds and sources, from the first change to the last."""
    return list(booking.changes.order_by("pk").values_list("kind", "source"))


def test_looking_changes_nothing_and_every_page_answers(stage: Stage, reader: MailReader) -> None:
    reader.look()
    assert (history(stage.booking), stage.ledger.counts["pages"]) == ([("made", "staff")], 2)
    assert stage.ledger.complaints == []


def test_another_time_is_chosen_for_the_day_that_was_asked_for(stage: Stage, reader: MailReader) -> None:
    reader.reschedule()
    moved = Booking.objects.get()
    assert history(stage.booking)[1:] == [("moved", SUBMITTED)]
    assert (moved.start != START, stage.ledger.counts["rescheduled on pages of clients"]) == (True, 1)
    assert stage.ledger.complaints == []


def test_a_cancellation_is_noted_as_told(stage: Stage, reader: MailReader) -> None:
    reader.cancel()
    assert history(stage.booking)[1:] == [("cancelled", SUBMITTED)]
    assert (stage.ledger.cancelled, stage.ledger.complaints) == ({stage.booking.pk: "told"}, [])


def test_without_mails_nothing_is_done(stage: Stage, reader: MailReader) -> None:
    stage.people.mail_server.arrived.clear()
    for action in (reader.look, reader.reschedule, reader.cancel):
        action()
    assert (history(stage.booking), stage.ledger.counts["pages"]) == ([("made", "staff")], 0)


def test_a_page_that_fails_is_complained_of(stage: Stage, reader: MailReader) -> None:
    (arrival,) = stage.people.mail_server.arrived
    stage.people.mail_server.arrived[:] = [Arrival.of(arrival.recipient, _with_another_link(arrival))]
    reader.look()
    assert [complaint.rpartition(" ")[2] for complaint in stage.ledger.complaints] == ["404"]


def _with_another_link(arrival: Arrival) -> bytes:
    return arrival.message.as_bytes().replace(arrival.link_token.encode(), b"x" * len(arrival.link_token))
