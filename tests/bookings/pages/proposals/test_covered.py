"""A day that one event covers: one question with four answers, on the pages and from the mail."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings import actions
from bookings.models import Booking, BookingChange, CoveredDay, Proposal
from bookings.notifications import outgoing
from bookings.notifications.client_notice import UNDO_WINDOW
from bookings.notifications.mails import delivery
from bookings.proposals.covered_days import DayChoice
from bookings.proposals.covered_words import choice_label
from practice.models import User
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    ConnectionFactory,
    CoveredDayFactory,
    OccurrenceFactory,
    ProposalFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)
from tests.pages import find, headings_and_buttons, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/bookings/proposals/"
HOUR = timedelta(hours=1)
COVERED = "//section[starts-with(@aria-labelledby, 'covered-')]"
MESSAGES = "//div[@id='messages']"
NAMES = ("Clara Sommer", "Noah Berg", "Ida Lund")


def covered(anna: User, count: int = 3, **given: Any) -> CoveredDay:
    """So many bookings of the day, two hours apart, about which Anna is asked together; the third has no e-mail."""
    day = CoveredDayFactory.create(person=anna, **given)
    service = ServiceFactory.create(name="Massage", staff=[anna])
    if day.is_away:
        BlockedSlotFactory.create(user=anna, start=day.start, end=day.end, is_away=True)
    else:
        calendar = CalendarFactory.create(connection=ConnectionFactory.create(user=anna), name="Work")
        OccurrenceFactory.create(calendar=calendar, start=day.start, end=day.end, summary=day.title, all_day=True)
    for number in range(count):
        client = ClientFactory.create(
            name=NAMES[number % 3], email="" if number == 2 else f"client{number}@example.org"
        )
        booking = BookingFactory.create(staff=anna, service=service, start=START + 2 * number * HOUR, client=client)
        times = {"new_start": day.start, "new_end": day.end}
        ProposalFactory.create(booking=booking, kind="collision", covered_day=day, **times)
    return day


def ben_is_free(day: CoveredDay) -> User:
    """A colleague who does the same from 11:00 on."""
    ben = UserFactory.create(username="ben", first_name="Ben", last_name="Berg")
    office_hours(ben)
    service = Booking.objects.filter(staff=day.person)[0].service
    service.staff.add(ben)
    BookingFactory.create(staff=ben, service=service, start=START)
    return ben


def press(client: Client, day: CoveredDay, choice: str, **more: Any) -> Any:
    return client.post(f"{URL}day/{day.pk}/decide/", {"choice": choice, **more}, follow=True)


def test_the_list_asks_once_and_offers_four_answers(anna_client: Client, anna: User) -> None:
    day = covered(anna)
    ben_is_free(day)
    page = anna_client.get(URL)
    assert texts(page, f"{COVERED}/h2") == ["“Ill” covers your 3 bookings on Tue 1 Dec."]
    assert texts(page, f"{COVERED}//li") == [
        "10:00–11:00 · Clara Sommer · Massage",
        "12:00–13:00 · Noah Berg · Massage",
        "14:00–15:00 · Ida Lund · Massage",
    ]
    assert texts(page, f"{COVERED}//form/button") == [
        "Ask all three to choose another time",
        "Give them to a colleague who is free: 2 of 3",
        "Keep them",
    ]
    assert texts(page, f"{COVERED}//form/a") == ["Decide one by one"]
    assert texts(page, f"{COVERED}/p")[0] == "To be called, without an e-mail address: Ida Lund."
    assert texts(page, "//section[starts-with(@aria-labelledby, 'proposal-')]") == []
    assert texts(page, "//header//span[@class='count']") == ["waiting:1"]
    assert texts(page, f"{COVERED}//button[contains(@class, 'button--primary')]") == ["Keep them"]


def test_where_no_colleague_is_free_nobody_is_offered(anna_client: Client, anna: User) -> None:
    covered(anna)
    assert texts(anna_client.get(URL), f"{COVERED}//form/button") == [
        "Ask all three to choose another time",
        "Keep them",
    ]


def test_colleagues_read_no_title(client: Client, anna: User) -> None:
    covered(anna)
    client.force_login(UserFactory.create(role=User.Role.FRONT_DESK, configuration=None))
    page = client.get(URL)
    assert texts(page, f"{COVERED}/h2") == ["An event covers 3 bookings of Anna on Tue 1 Dec."]
    assert "Ill" not in page.content.decode()


def test_who_is_away_without_an_event_reads_that(anna_client: Client, anna: User) -> None:
    covered(anna, title="", is_away=True)
    assert texts(anna_client.get(URL), f"{COVERED}/h2") == ["You are away on Tue 1 Dec and have 3 bookings then."]


def test_one_by_one_shows_each_with_its_own_buttons(anna_client: Client, anna: User) -> None:
    day = covered(anna)
    page = anna_client.get(f"{URL}day/{day.pk}/")
    first = "//section[starts-with(@aria-labelledby, 'proposal-')]"
    assert len(find(page, first)) == 3
    assert texts(page, f"{first}[1]//button")[:3] == [
        "Keep the booking",
        "Ask to choose another time",
        "Cancel and tell the client",
    ]
    kept = Proposal.objects.order_by("pk")[0]
    after = anna_client.post(f"{URL}{kept.pk}/", {"choice": "keep"}, follow=True)
    assert after.redirect_chain == [(f"{URL}day/{day.pk}/", 302)]
    assert texts(after, "//section[@aria-labelledby='answers']//li") == ["Clara Sommer · Massage Keep the booking"]


def test_asking_all_says_who_has_answered_and_can_be_undone(anna_client: Client, anna: User) -> None:
    day = covered(anna)
    page = press(anna_client, day, "ask_all")
    assert texts(page, MESSAGES) == ["3 clients are asked to choose another time."]
    until = "09:10"
    assert texts(page, "//section[@aria-labelledby='answers']/p") == ["0 of 3 have answered."]
    assert texts(page, "//section[@aria-labelledby='answers']//li/p") == [f"Is asked at {until}"] * 3
    assert texts(page, "//section[@aria-labelledby='answers']//form") == [f"Undo Nobody is told before {until}."]
    undone = press(anna_client, day, "undo")
    assert texts(undone, MESSAGES) == ["Undone. These clients are not asked."]
    assert texts(undone, f"{COVERED}/h2") == ["“Ill” covers your 3 bookings on Tue 1 Dec."]


def test_answers_are_seen_as_they_come(anna_client: Client, anna: User, time_machine: Any) -> None:
    day = covered(anna)
    ben = ben_is_free(day)
    press(anna_client, day, "ask_all")
    time_machine.move_to(NOW + UNDO_WINDOW, tick=False)
    delivery.send_due(NOW + UNDO_WINDOW)
    first, second = Booking.objects.filter(staff=anna).order_by("start")[:2]
    actions.choose_time(first, start=START + 49 * HOUR, people=[ben], now=NOW + UNDO_WINDOW)
    actions.cancel(second, now=NOW + UNDO_WINDOW)
    page = anna_client.get(f"{URL}day/{day.pk}/")
    assert texts(page, "//section[@aria-labelledby='answers']/p") == ["2 of 3 have answered."]
    assert texts(page, "//section[@aria-labelledby='answers']//li") == [
        "Clara Sommer · Massage Now Thu 3 Dec, 11:00, with Ben Berg",
        "Noah Berg · Massage Cancelled",
        "Ida Lund · Massage To be called: no e-mail address",
    ]
    assert texts(anna_client.get(URL), "//section[@aria-labelledby='asked-days']//a") == ["Tue 1 Dec"]


def test_handing_over_says_what_is_left(anna_client: Client, anna: User) -> None:
    day = covered(anna)
    ben_is_free(day)
    page = press(anna_client, day, "hand_over_all")
    assert texts(page, MESSAGES) == [
        "2 bookings were given to colleagues. For 1 booking nobody else is free. Decide about it."
    ]
    assert texts(page, "//section[@aria-labelledby='answers']//li") == [
        "Noah Berg · Massage Given to Ben Berg",
        "Ida Lund · Massage Given to Ben Berg",
    ]
    assert texts(page, "//section[starts-with(@aria-labelledby, 'proposal-')]//h2") == [
        "An event now overlaps the booking"
    ]


def test_keeping_all_is_one_click(anna_client: Client, anna: User) -> None:
    page = press(anna_client, covered(anna), "keep_all")
    assert texts(page, MESSAGES) == ["3 bookings are kept."]
    assert set(Proposal.objects.values_list("choice", "decided_by")) == {("keep", anna.pk)}


def test_a_get_changes_nothing_and_a_colleague_who_is_not_asked_sees_nothing(client: Client, anna: User) -> None:
    day = covered(anna)
    client.force_login(UserFactory.create())
    codes = [client.get(f"{URL}day/{day.pk}/").status_code, press(client, day, "ask_all").status_code]
    client.force_login(anna)
    codes.append(client.get(f"{URL}day/{day.pk}/decide/", {"choice": "ask_all"}).status_code)
    assert (codes, BookingChange.objects.filter(kind="asked").count()) == ([404, 404, 405], 0)


def test_what_is_no_choice_is_refused(anna_client: Client, anna: User) -> None:
    assert texts(press(anna_client, covered(anna), "cancel_all"), MESSAGES) == ["This choice is not available here."]


def test_a_day_costs_the_same_queries_for_two_bookings_and_for_eight(
    anna_client: Client, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    day = covered(anna, 2)
    anna_client.get(URL)
    with django_assert_num_queries(24):
        anna_client.get(URL)
    for number in range(6):
        service = Booking.objects.all()[0].service
        booking = BookingFactory.create(staff=anna, service=service, start=START + (5 + number) * HOUR)
        ProposalFactory.create(booking=booking, kind="collision", covered_day=day)
    with django_assert_num_queries(24):
        anna_client.get(URL)


# --- the mail --------------------------------------------------------------------------------------------


def mailed_link() -> str:
    found = re.search(r"http://\S+(/bookings/proposals/mail/\S+)", str(mail.outbox[0].body))
    assert found is not None
    return found[1]


def test_one_mail_asks_about_all_of_them(anna: User) -> None:
    covered(anna)
    assert outgoing.mail_proposals(NOW) == 1
    [sent] = mail.outbox
    assert (sent.subject, str(sent.body).splitlines()[:6]) == (
        "Please decide: 3 bookings on Tue 1 Dec",
        [
            "“Ill” covers your 3 bookings on Tue 1 Dec.",
            "Tue 1 Dec 2026, 10:00 (Berlin time): Clara Sommer · Massage",
            "Tue 1 Dec 2026, 12:00 (Berlin time): Noah Berg · Massage",
            "Tue 1 Dec 2026, 14:00 (Berlin time): Ida Lund · Massage",
            "",
            "The bookings stand until you decide:",
        ],
    )
    assert outgoing.mail_proposals(NOW + HOUR / 2) == 0


def test_a_booking_that_is_covered_later_is_mailed_with_the_others(anna: User) -> None:
    day = covered(anna)
    outgoing.mail_proposals(NOW)
    booking = BookingFactory.create(staff=anna, start=START + 6 * HOUR)
    ProposalFactory.create(booking=booking, kind="collision", covered_day=day)
    assert (outgoing.mail_proposals(NOW + HOUR), mail.outbox[-1].subject) == (
        1,
        "Please decide: 4 bookings on Tue 1 Dec",
    )


def test_one_reminder_is_sent_for_the_day(anna: User) -> None:
    covered(anna)
    asked_at = NOW - timedelta(days=3)
    assert outgoing.mail_proposals(asked_at) == 1
    near = START - timedelta(hours=23)
    assert [outgoing.mail_proposals(near + hours * HOUR) for hours in range(6)] == [1, 0, 0, 0, 0, 0]


def test_the_front_desk_reads_no_title_in_its_mail(anna: User) -> None:
    UserFactory.create(role=User.Role.FRONT_DESK, configuration=None, email="desk@example.org")
    covered(anna)
    outgoing.mail_proposals(START - timedelta(hours=20))
    [to_desk] = [one for one in mail.outbox if one.to == ["desk@example.org"]]
    assert str(to_desk.body).splitlines()[0] == "An event covers 3 bookings of Anna on Tue 1 Dec."


def test_the_page_of_the_mail_decides_about_all_and_undoes_it(client: Client, anna: User) -> None:
    day = covered(anna)
    outgoing.mail_proposals(NOW)
    link = mailed_link()
    page = client.get(link)
    assert texts(page, "//h1") == ["“Ill” covers your 3 bookings on Tue 1 Dec."]
    assert texts(page, "//main//button") == ["Ask all three to choose another time", "Keep them"]
    asked = client.post(link, {"choice": "ask_all"}, follow=True)
    assert set(Proposal.objects.values_list("choice", "decided_by", "decided_by_mail")) == {("ask", anna.pk, True)}
    assert texts(asked, "//h1") == ["Tuesday 1 December"]
    assert texts(asked, "//main//button") == ["Undo"]
    undone = client.post(link, {"choice": "undo"}, follow=True)
    assert texts(undone, "//h1") == ["“Ill” covers your 3 bookings on Tue 1 Dec."]
    assert actions.undoable(day, NOW) == []


def test_the_page_of_the_mail_also_decides_one_by_one(client: Client, anna: User) -> None:
    covered(anna)
    outgoing.mail_proposals(NOW)
    link = mailed_link()
    address = f"{link}{texts_of_href(client, link)}"
    page = client.get(address)
    forms = find(page, "//main//section[@aria-label]//form")
    assert len(forms) == 3
    shown = find(page, "//main//section[@aria-label][2]//input[@name='shown']/@value")
    client.post(address, {"choice": "keep", "shown": shown})
    kept = Proposal.objects.get(choice="keep")
    assert (kept.booking.client.name, Proposal.objects.open().count()) == ("Noah Berg", 2)


def texts_of_href(client: Client, link: str) -> str:
    [href] = find(client.get(link), "//main//form//a/@href")
    return str(href)


def test_the_link_still_leads_there_after_a_client_went_to_a_colleague(client: Client, anna: User) -> None:
    day = covered(anna)
    ben_is_free(day)
    outgoing.mail_proposals(NOW)
    client.post(mailed_link(), {"choice": "hand_over_all"})
    assert client.get(mailed_link()).status_code == 200


# --- German ----------------------------------------------------------------------------------------------


def test_the_question_is_in_german_for_who_reads_german(german_client: Client, anna: User) -> None:
    day = covered(anna)
    ben_is_free(day)
    _headings, buttons = headings_and_buttons(german_client.get(URL))
    assert buttons[-4:] == [
        "Alle drei um einen anderen Termin bitten",
        "An freie Kolleginnen oder Kollegen geben: 2 von 3",
        "Behalten",
        "Einzeln entscheiden",
    ]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "Ask the client to choose another time"),
        (2, "Ask both to choose another time"),
        (7, "Ask all seven to choose another time"),
    ],
)
def test_the_button_that_asks_says_how_many_clients_are_asked(count: int, words: str) -> None:
    assert choice_label(DayChoice.ASK_ALL, count, 0) == words


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("undo", "It is too late to undo this, or it was undone already."),
        ("undo_standing", "It is too late to undo this, or it was undone already."),
        ("stand_after_all", "Something shown here is already settled. Check what is still open."),
        ("stand_all", "Something shown here is already settled. Check what is still open."),
    ],
)
def test_a_button_that_comes_too_late_says_so(anna_client: Client, anna: User, choice: str, words: str) -> None:
    assert texts(press(anna_client, covered(anna), choice), MESSAGES) == [words]
