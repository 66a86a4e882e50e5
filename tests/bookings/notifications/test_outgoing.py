"""Mail to staff: proposals with a link that decides, reminders, and bookings that nobody could confirm."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from bookings.models import Booking, Proposal
from bookings.notifications import emails, outgoing
from bookings.notifications.client_notice import MAIL_LEASE
from bookings.proposals import mail_links
from practice.models import Practice as PracticeRow
from tests.bookings.practice import Practice, berlin
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    ClientFactory,
    LinkedEventFactory,
    ProposalFactory,
    UserFactory,
)
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
HOUR = timedelta(hours=1)


def proposal(staff: object, *, start: object = START, kind: str = "deleted") -> Proposal:
    booking = BookingFactory(staff=staff, start=start, client=ClientFactory(name="Clara Winter"))
    return ProposalFactory(booking=booking, linked_event=LinkedEventFactory(booking=booking), kind=kind)


def link() -> str:
    found = re.search(r"http://\S+(/bookings/proposals/mail/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_the_link_in_the_mail_shows_what_is_asked_and_a_button_decides(client: Client) -> None:
    asked = proposal(UserFactory())
    outgoing.mail_proposals(NOW)
    mailed = link()
    page = client.get(mailed)
    assert texts(page, "//h1") == ["Deleted on the iPhone"]
    assert texts(page, "//main//button") == ["Put it back", "Cancel and tell the client"]
    asked.refresh_from_db()
    assert asked.choice == ""  # looking decides nothing
    client.post(mailed, {"choice": "cancel"})
    asked.refresh_from_db()
    assert (asked.choice, asked.booking.status) == ("cancel", "cancelled")
    assert texts(client.get(mailed), "//main//button") == []


def test_the_page_behind_the_link_says_where_the_event_is_now(client: Client) -> None:
    asked = proposal(UserFactory(), kind="moved")
    Proposal.objects.update(new_start=START + HOUR, new_end=START + 2 * HOUR, reason="It is outside the hours.")
    page = client.get(f"/bookings/proposals/mail/{mail_links.token_of(asked)}/")
    said = (
        "In Kalends Tue 1 Dec 2026, 10:00–11:00 On your iPhone Tue 1 Dec 2026, 11:00–12:00 09:00 13:00 "
        "It is outside the hours."
    )
    assert texts(page, "//main//li") == [f"{asked.booking} {said}"]
    assert texts(page, "//main//button") == ["Put it back", "Accept anyway"]


def test_a_collision_can_be_moved_out_of_the_way_from_the_mail(client: Client) -> None:
    asked = proposal(UserFactory(), kind="collision")
    page = client.get(f"/bookings/proposals/mail/{mail_links.token_of(asked)}/")
    assert texts(page, "//main//button") == ["Keep the booking", "Cancel and tell the client"]
    assert find(page, "//main//form//a/@href") == [f"/bookings/{asked.booking.pk}/reschedule/"]


def test_a_forged_or_changed_link_leads_nowhere(client: Client) -> None:
    token = mail_links.token_of(proposal(UserFactory()))
    assert client.get(f"/bookings/proposals/mail/{token}x/").status_code == 404


def test_deletions_of_one_day_are_one_mail_and_one_decision(client: Client) -> None:
    staff = UserFactory()
    for hours in (0, 2, 4):
        proposal(staff, start=START + hours * HOUR)
    proposal(staff, start=START + timedelta(days=1))
    assert outgoing.mail_proposals(NOW) == 2
    subjects = sorted(one.subject for one in mail.outbox)
    assert subjects == [
        "Please decide: 3 bookings deleted on the iPhone",
        "Please decide: Clara Winter, Wed 2 Dec 2026, 10:00 (Berlin time)",
    ]
    together = next(one for one in mail.outbox if "3 bookings" in one.subject)
    path = re.search(r"(/bookings/proposals/mail/\S+)", str(together.body))
    assert path is not None
    client.post(path[1], {"choice": "cancel"})
    assert sorted(Booking.objects.values_list("status", flat=True)) == [
        "cancelled",
        "cancelled",
        "cancelled",
        "confirmed",
    ]


def test_deletions_of_one_day_can_be_decided_together_on_the_page(client: Client) -> None:
    staff = UserFactory()
    first, second = proposal(staff), proposal(staff, start=START + 2 * HOUR)
    client.force_login(staff)
    page = client.get("/bookings/proposals/")
    assert texts(page, "//form[@class='notice']//button") == ["Put them back", "Cancel and tell the clients"]
    client.post(f"/bookings/proposals/{first.pk}/together/", {"choice": "put_back"})
    assert set(Proposal.objects.values_list("choice", flat=True)) == {"put_back"}
    assert find(client.get("/bookings/proposals/"), "//form[@class='notice']") == []
    assert second.booking.status == "confirmed"


def test_somebody_elses_proposals_cannot_be_decided_together(client: Client) -> None:
    asked = proposal(UserFactory())
    client.force_login(UserFactory())
    assert client.post(f"/bookings/proposals/{asked.pk}/together/", {"choice": "cancel"}).status_code == 404


def test_staff_are_reminded_once_a_day_before_the_start() -> None:
    proposal(UserFactory(), start=NOW + timedelta(days=3))
    sent = [outgoing.mail_proposals(NOW + timedelta(hours=hours)) for hours in (0, 1, 47, 48, 49, 71)]
    assert sent == [1, 0, 0, 1, 0, 0]


def test_a_pending_booking_is_mailed_with_the_phone_number_twelve_hours_before() -> None:
    staff = UserFactory()
    client = ClientFactory(name="Clara Winter", phone="+49 30 99")
    BookingFactory(staff=staff, client=client, status="pending")
    sent = [outgoing.warn_staff(START - hours * HOUR) for hours in (13, 12, 11)]
    assert sent == [0, 1, 0]
    assert (mail.outbox[0].to, "Phone: +49 30 99" in mail.outbox[0].body) == ([staff.email], True)


def test_a_mail_names_the_zone_of_the_clock_it_speaks_of() -> None:
    far = ClientFactory(name="Clara Winter", email="clara@example.com", time_zone="Asia/Tokyo")
    BookingFactory(client=far, service__name="Massage", status="pending")
    outgoing.warn_staff(START - HOUR)
    assert [one.subject for one in mail.outbox] == [
        "Not confirmed yet: Clara Winter, Tue 1 Dec 2026, 10:00 (Berlin time)",
    ]


def test_a_mail_that_cannot_be_sent_is_sent_later(settings: Any) -> None:
    proposal(UserFactory())
    BookingFactory(status="pending", start=NOW + HOUR)
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert (outgoing.mail_proposals(NOW), outgoing.warn_staff(NOW)) == (0, 0)
    settings.EMAIL_BACKEND = working
    later = NOW + MAIL_LEASE
    assert (outgoing.mail_proposals(later), outgoing.warn_staff(later)) == (1, 1)


def killed(*arguments: object) -> bool:
    """The process ends while a mail is being sent."""
    raise SystemExit


def test_staff_are_asked_again_if_the_process_died_over_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    proposal(UserFactory(), start=NOW + 3 * HOUR)
    proposal(UserFactory(), start=NOW + timedelta(days=3))
    BookingFactory(status="pending", start=NOW + 5 * HOUR)
    with monkeypatch.context() as dying:
        dying.setattr(emails, "send", killed)
        for worker in (outgoing.mail_proposals, outgoing.mail_proposals, outgoing.warn_staff):
            with pytest.raises(SystemExit):
                worker(NOW)
    found = [(outgoing.mail_proposals(at), outgoing.warn_staff(at)) for at in (NOW, NOW + MAIL_LEASE)]
    assert found == [(0, 0), (2, 1)]
    assert (outgoing.mail_proposals(NOW + HOUR), outgoing.warn_staff(NOW + HOUR)) == (0, 0)


def test_a_name_that_would_begin_another_header_stays_in_the_subject() -> None:
    """As one may stand in a database from elsewhere; a booking takes none."""
    asked = proposal(UserFactory())
    asked.booking.client.name = "Carla\x1b[31m\u2028Bcc: e@example.org"
    asked.booking.client.save()
    assert outgoing.mail_proposals(NOW) == 1
    assert [one.subject.split(",")[0] for one in mail.outbox] == [
        "Please decide: Carla [31m Bcc: e@example.org",
    ]
    assert [len(one.recipients()) for one in mail.outbox] == [1]


def test_no_client_waits_for_a_mail_to_staff(practice: Practice) -> None:
    practice.phone.move(practice.href(practice.booked()), berlin(1, 3))
    practice.later()
    practice.book(START + HOUR)
    assert (Proposal.objects.open().count(), mail.outbox) == (1, [])


def test_staff_are_asked_in_their_own_language_and_the_front_desk_in_its() -> None:
    anna = UserFactory(language="de", first_name="Anna")
    UserFactory(role="front_desk", email="desk@example.com")
    proposal(anna, start=NOW + 2 * HOUR)
    outgoing.mail_proposals(NOW)
    [to_anna, to_desk] = mail.outbox
    assert (to_anna.subject, to_desk.subject) == (
        "Bitte entscheiden: Clara Winter, Mo., 30. Nov. 2026, 11:00 Uhr (Ortszeit Berlin)",
        "Please decide: Clara Winter, Mon 30 Nov 2026, 11:00 (Berlin time)",
    )
    assert str(to_anna.body).splitlines()[:3] == [
        "Auf dem iPhone gelöscht: Clara Winter, Mo., 30. Nov. 2026, 11:00 Uhr (Ortszeit Berlin).",
        "",
        "Die Buchung gilt, bis Sie entscheiden:",
    ]


def test_staff_without_a_language_are_written_to_in_that_of_the_practice() -> None:
    PracticeRow.objects.create(language="de")
    proposal(UserFactory())
    outgoing.mail_proposals(NOW)
    assert mail.outbox[0].subject.startswith("Bitte entscheiden: Clara Winter")
