from __future__ import annotations

from datetime import timedelta

import pytest

from bookings.models import ClientChange, LinkRequest, Mail, Proposal
from bookings.notifications.mails import delivery, news, reminders
from operations.restored.messages import Choice, decide, waiting_messages
from practice.models import Restore
from tests.factories import NOW, START, BookingFactory, MailFactory, ProposalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def restore() -> Restore:
    return Restore.objects.create(made_at=NOW - timedelta(hours=12), restored_at=NOW)


def _counts(restore: Restore) -> dict[str, int]:
    return {kind.code: kind.count for kind in waiting_messages(restore)}


def test_what_was_due_before_the_restore_waits_by_kind(restore: Restore) -> None:
    MailFactory.create()
    MailFactory.create(due_at=NOW + timedelta(hours=1))
    MailFactory.create(recipient="")
    MailFactory.create(state="sent")
    ProposalFactory.create(created_at=NOW - timedelta(hours=13))
    LinkRequest.objects.create(email="a@example.org", recipient_key="k", created_at=NOW - timedelta(hours=13))
    assert _counts(restore) == {"confirmation": 1, "staff_questions": 1, "links": 1}
    assert ClientChange.objects.count() == 0


def test_nothing_is_sent_while_it_waits(restore: Restore) -> None:
    mail = MailFactory.create()
    delivered = delivery.send_due(NOW)
    assert (delivered.sent, Mail.objects.get(pk=mail.pk).state) == (0, "due")


def test_what_is_dropped_counts_as_told(restore: Restore) -> None:
    mail = MailFactory.create()
    decide(restore, {"confirmation": Choice.DROP}, NOW)
    assert (news.last_told(mail.seat), _counts(restore)) == (mail, {})


def test_a_reminder_that_was_dropped_is_not_written_again(restore: Restore) -> None:
    booking = BookingFactory.create(service__reminder_hours=24)
    booking.seats.update(reminders=True)
    MailFactory.create(seat=booking.seat, kind="reminder")
    decide(restore, {"reminder": Choice.DROP}, NOW)
    Restore.objects.update(finished_at=NOW)
    assert reminders.write_due(START - timedelta(hours=3)) == 0


def test_questions_and_links_are_dropped_too(restore: Restore) -> None:
    proposal = ProposalFactory.create(created_at=NOW - timedelta(hours=13))
    LinkRequest.objects.create(email="a@example.org", recipient_key="k", created_at=NOW - timedelta(hours=13))
    decide(restore, {"staff_questions": Choice.DROP, "links": Choice.DROP}, NOW)
    assert (Proposal.objects.get(pk=proposal.pk).mailed_at, _counts(restore)) == (NOW, {})
    assert LinkRequest.objects.values_list("email", "done_at").get() == ("", NOW)
