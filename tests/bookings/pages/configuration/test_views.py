"""Calendar Configuration: what is offered, why something is not, and what saving does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from bookings.models import LinkedEvent
from connections.models import Calendar, CalendarConfiguration
from practice.models import User
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    CalendarFactory,
    ConnectionFactory,
    FeedFactory,
    LinkedEventFactory,
    OccurrenceFactory,
    UserFactory,
)
from tests.pages import find, headings_and_buttons, links, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/calendars/settings/configuration/"
LINKED, CONFLICTS = "//section[@aria-labelledby='linked']", "//section[@aria-labelledby='conflicts']"
ROW = "//div[@class='calendar']"


@pytest.fixture
def anna() -> User:
    return UserFactory(configuration__saved_at=None)


@pytest.fixture
def work(anna: User) -> Calendar:
    return CalendarFactory(connection=ConnectionFactory(user=anna, username="anna@icloud.com"), name="Work")


def sent(**changed: Any) -> dict[str, Any]:
    """What a browser sends; `linked` and `conflicts` are calendars."""
    linked, conflicts = changed.pop("linked", None), changed.pop("conflicts", [])
    form = {
        "linked_calendar": linked.pk if linked else "",
        "conflict_calendars": [calendar.pk for calendar in conflicts],
        "time_zone": "Europe/Berlin",
        "stale_policy": "pending",
        "detail": "name",
    }
    for calendar in Calendar.objects.all():
        form |= {f"calendar-{calendar.pk}-all_day_rule": "as_marked", f"calendar-{calendar.pk}-invitations_block": "on"}
    return form | changed


def ticked(page: Any, section: str) -> list[tuple[str, bool, bool]]:
    """Each box: its value, whether it is ticked, whether it can be changed."""
    boxes = find(page, f"{section}{ROW}//input[@name='linked_calendar' or @name='conflict_calendars'][@type!='hidden']")
    return [(box.get("value"), "checked" in box.attrib, "disabled" not in box.attrib) for box in boxes]


def test_calendars_are_offered_by_account_with_what_is_ticked(anna_client: Client, anna: User, work: Calendar) -> None:
    private = CalendarFactory(connection=ConnectionFactory(user=anna, username="anna@me.com"), name="Private")
    family = CalendarFactory(connection=private.connection, name="Family", writable=False, is_conflict_calendar=False)
    page = anna_client.get(URL)
    assert (
        texts(page, "//*[contains(@class, 'connection-name')]")
        == ["iCloud · anna@icloud.com", "iCloud · anna@me.com"] * 2
    )
    assert ticked(page, CONFLICTS) == [
        (str(work.pk), True, False),
        (str(private.pk), True, True),
        (str(family.pk), False, True),
    ]
    assert ticked(page, LINKED) == [
        (str(work.pk), True, True),
        (str(private.pk), False, True),
        (str(family.pk), False, False),
        ("", False, True),
    ]


def test_a_read_only_calendar_says_why_it_cannot_be_linked(anna_client: Client, work: Calendar) -> None:
    Calendar.objects.update(writable=False)
    assert texts(anna_client.get(URL), f"{LINKED}{ROW}")[0] == (
        "Work Read-only Cannot be linked: you may only read it, so bookings could not be added. It can still block "
        "your time."
    )


@pytest.fixture
def feeds(anna: User) -> list[Calendar]:
    """Two calendars by web address, added before and after the account."""
    names = {"Club": "club.example…0000000a", "School": "school.example…0000000b"}
    return [FeedFactory(name=name, connection__user=anna, connection__username=at) for name, at in names.items()]


def test_a_calendar_by_web_address_can_only_block(anna_client: Client, feeds: list[Calendar], work: Calendar) -> None:
    page = anna_client.get(URL)
    assert texts(page, "//*[contains(@class, 'connection-name')]") == (
        ["iCloud · anna@icloud.com", "Calendars by web address"] * 2
    )
    assert ticked(page, LINKED) == [(str(work.pk), True, True), ("", False, True)]
    assert texts(page, f"{LINKED}{ROW}")[1:3] == [
        "Club Read-only: blocks time, receives no bookings",
        "School Read-only: blocks time, receives no bookings",
    ]
    assert texts(page, f"{CONFLICTS}{ROW}/p[1]")[-2:] == ["club.example…0000000a", "school.example…0000000b"]
    assert [row[0] for row in ticked(page, CONFLICTS)] == [str(one.pk) for one in (work, *feeds)]


def test_a_calendar_by_web_address_cannot_be_linked_by_force(
    anna_client: Client, feeds: list[Calendar], work: Calendar
) -> None:
    page = anna_client.post(URL, sent(linked=feeds[0], conflicts=[work]))
    assert "Choose one of your own calendars with writer’s access." in texts(page, LINKED)[0]
    assert CalendarConfiguration.objects.get(user=work.connection.user).linked_calendar is None


def test_who_has_only_calendars_by_web_address_is_not_asked_where_bookings_go(
    anna_client: Client, feeds: list[Calendar]
) -> None:
    page = anna_client.get(URL)
    assert texts(page, f"{LINKED}/p[@class='notice']") == []
    assert texts(page, f"{LINKED}/p")[0] == "Found 2 calendars; 0 can be linked."


def test_a_subscribed_calendar_can_be_added_by_its_web_address(anna_client: Client, work: Calendar) -> None:
    page = anna_client.get(URL)
    assert links(page, f"{CONFLICTS}/p/a") == [
        ("Add it by its web address", "/calendars/settings/connections/new/ics/")
    ]


def test_without_a_linked_calendar_the_page_says_how_to_see_bookings(anna_client: Client, work: Calendar) -> None:
    assert texts(anna_client.get(URL), f"{LINKED}{ROW}")[-1] == (
        "None: bookings stay in Kalends Then read access is enough. To see bookings on your iPhone anyway, open "
        "this site in Safari and add it to the Home Screen."
    )


def test_a_shared_calendar_warns_before_it_is_linked(anna_client: Client, work: Calendar) -> None:
    Calendar.objects.update(shared=True)
    assert texts(anna_client.get(URL), f"{LINKED}{ROW}")[0] == (
        "Work Others see this calendar. If you link it, think about showing only “Busy” there (under “More”)."
    )


def test_the_linked_calendar_is_ticked_and_locked_with_the_reason(
    anna_client: Client, anna: User, work: Calendar
) -> None:
    CalendarConfiguration.objects.update(linked_calendar=work)
    page = anna_client.get(URL)
    assert ticked(page, CONFLICTS) == [(str(work.pk), True, False)]
    assert texts(page, f"{CONFLICTS}{ROW}/p[not(@hidden)]") == [
        "The linked calendar always blocks, because your bookings are in it."
    ]


def test_the_page_explains_what_blocks_and_that_no_contact_is_made(anna_client: Client, work: Calendar) -> None:
    assert texts(anna_client.get(URL), f"{CONFLICTS}/p") == [
        "Nobody can book you during an event of these calendars. Only events marked Busy block. Events marked "
        "Free are fetched and shown, but do not block. No contact is created from the guests of your events.",
        "Subscribed calendars (such as public holidays), Birthdays and Siri’s suggestions exist only on your "
        "iPhone. Kalends cannot see them, so they never block. If one of their events should block, copy it into "
        "a calendar below. A subscribed calendar can block as a whole: Add it by its web address.",
        "Until you save this page, Kalends keeps only the times of your events. Then it also reads their titles, "
        "unless you tick “keep times only” under “More”.",
    ]


def test_without_an_account_the_page_offers_to_connect_and_a_way_without(anna_client: Client) -> None:
    page = anna_client.get(URL)
    assert links(page, "//div[@class='empty']//a") == [
        ("Connect a calendar", "/calendars/settings/connections/new/"),
        ("Availability", "/calendars/settings/availability/"),
    ]
    assert find(page, LINKED) == []


def test_the_page_says_how_many_calendars_were_found_and_can_be_linked(anna_client: Client, work: Calendar) -> None:
    CalendarFactory(connection=work.connection, writable=False)
    CalendarFactory(connection=work.connection)
    assert texts(anna_client.get(URL), f"{LINKED}/p")[0] == "Found 3 calendars; 2 can be linked."


def test_where_nothing_can_be_proposed_the_page_helps_to_choose(anna_client: Client, work: Calendar) -> None:
    Calendar.objects.update(name="Home")
    page = anna_client.get(URL)
    assert texts(page, f"{LINKED}/p[@class='notice']") == [
        "Choose where bookings go. Tip: on the iPhone, Calendars > Add Calendar, name it Bookings."
    ]
    assert ticked(page, LINKED) == [(str(work.pk), False, True), ("", True, True)]


def test_a_shared_calendar_is_never_proposed(anna_client: Client, work: Calendar) -> None:
    Calendar.objects.update(shared=True)
    assert ticked(anna_client.get(URL), LINKED) == [(str(work.pk), False, True), ("", True, True)]


def test_after_the_first_choice_nothing_is_proposed_any_more(anna_client: Client, work: Calendar) -> None:
    anna_client.post(URL, sent(conflicts=[work]))
    page = anna_client.get(URL)
    assert (ticked(page, LINKED)[-1], texts(page, f"{LINKED}/p[@class='notice']")) == (("", True, True), [])


def test_what_is_seldom_changed_is_folded_away_unless_it_is_wrong(anna_client: Client, work: Calendar) -> None:
    folded = "//details[contains(@class, 'more')]"
    assert [one.get("name") for one in find(anna_client.get(URL), f"{folded}//select")] == [
        "detail",
        "when_moved",
        "when_deleted",
        "alarm_minutes_unit",
        "stale_policy",
    ]
    answers = [anna_client.get(URL), anna_client.post(URL, sent(title_template="{"))]
    assert ["open" in find(page, folded)[0].attrib for page in answers] == [False, True]


def test_no_banner_leads_to_the_page_it_stands_on(anna_client: Client, work: Calendar) -> None:
    broken = ConnectionFactory(user=work.connection.user, needs_attention=True, error_code="unauthorized")
    reconnect = f"/calendars/settings/connections/{broken.pk}/reconnect/"
    banners = "//div[contains(@class, 'tops')]//a"
    assert links(anna_client.get(URL), banners) == [(f"Reconnect {broken}", reconnect)]
    assert links(anna_client.get(reconnect), banners) == [("Choose calendars", URL)]


def test_after_saving_the_week_is_one_click_away(anna_client: Client, work: Calendar) -> None:
    page = anna_client.post(URL, sent(conflicts=[work]), follow=True)
    assert links(page, "//div[@id='messages']//a") == [("See your week", "/calendars/")]


# --- saving ----------------------------------------------------------------------------------------


def test_saving_keeps_the_choice_and_syncs(
    anna_client: Client,
    anna: User,
    work: Calendar,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    home = CalendarFactory(connection=work.connection)
    with django_capture_on_commit_callbacks() as queued:
        response = anna_client.post(URL, sent(linked=work, time_zone="Asia/Tokyo", detail="busy"))
    configuration = CalendarConfiguration.objects.get(user=anna)
    assert (response.status_code, response["Location"]) == (302, URL)
    assert (configuration.linked_calendar, configuration.time_zone, configuration.detail, configuration.saved_at) == (
        work,
        "Asia/Tokyo",
        "busy",
        NOW,
    )
    assert list(Calendar.objects.conflict_calendars()) == [work]  # the linked one blocks though it was not ticked
    assert (home.pk, [call.args for call in queued]) == (  # type: ignore[attr-defined]
        home.pk,
        [("connections.tasks.sync_connection", work.connection_id, False)],
    )


def test_a_read_only_calendar_cannot_be_linked_by_force(anna_client: Client, work: Calendar) -> None:
    Calendar.objects.update(writable=False)
    page = anna_client.post(URL, sent(linked=work))
    assert texts(page, f"{LINKED}//ul[@class='field__error']/li") == [
        "Choose one of your own calendars with writer’s access."
    ]
    assert CalendarConfiguration.objects.get().saved_at is None


def test_calendars_of_somebody_else_cannot_be_chosen(anna_client: Client, anna: User, work: Calendar) -> None:
    other = CalendarFactory(is_conflict_calendar=False, name="Secret")
    page = anna_client.post(URL, sent(linked=other, conflicts=[other]))
    assert texts(page, "//ul[@class='field__error']/li") == [
        "Choose one of your own calendars with writer’s access.",
        "Choose among your own calendars.",
    ]
    assert (anna.calendar_configuration.saved_at, Calendar.objects.get(pk=other.pk).is_conflict_calendar) == (
        None,
        False,
    )
    assert b"Secret" not in page.content


def test_what_was_ticked_stays_ticked_after_an_error(anna_client: Client, work: Calendar) -> None:
    home = CalendarFactory(connection=work.connection, is_conflict_calendar=False)
    page = anna_client.post(URL, sent(conflicts=[home], time_zone="Mars/Olympus"))
    assert ticked(page, CONFLICTS) == [(str(work.pk), False, True), (str(home.pk), True, True)]


def test_unticking_everything_needs_no_linked_calendar(anna_client: Client, anna: User, work: Calendar) -> None:
    anna_client.post(URL, sent())
    assert list(Calendar.objects.conflict_calendars()) == []
    assert CalendarConfiguration.objects.get(user=anna).saved_at == NOW


def test_a_calendar_that_is_gone_can_be_unticked(anna_client: Client, work: Calendar) -> None:
    Calendar.objects.update(gone_at=NOW)
    assert texts(anna_client.get(URL), f"{CONFLICTS}{ROW}")[0].startswith(
        "Work Gone It is no longer in the account, so its events are unknown. Untick it to be bookable again."
    )
    anna_client.post(URL, sent())
    assert texts(anna_client.get(URL), f"{CONFLICTS}{ROW}") == []


def test_without_an_account_zone_and_policy_are_kept_but_no_calendars_are_chosen(
    anna_client: Client, anna: User
) -> None:
    anna_client.post(URL, sent(time_zone="Asia/Tokyo", stale_policy="trust"))
    configuration = CalendarConfiguration.objects.get(user=anna)
    assert (configuration.time_zone, configuration.stale_policy, configuration.saved_at) == (
        "Asia/Tokyo",
        "trust",
        None,
    )


# --- upcoming bookings -----------------------------------------------------------------------------


def upcoming(page: Any) -> list[tuple[str, bool]]:
    box = f"{LINKED}/label[.//input[@name='add_upcoming']]"
    return [
        (words, "checked" in box.attrib)
        for words, box in zip(texts(page, box), find(page, f"{box}//input"), strict=True)
    ]


def test_on_first_linking_upcoming_bookings_are_offered_and_added(
    anna_client: Client, anna: User, work: Calendar
) -> None:
    bookings = [BookingFactory(staff=anna, start=START + timedelta(days=day)) for day in range(2)]
    BookingFactory(staff=anna, start=NOW - timedelta(days=1))
    BookingFactory(staff=anna, start=START + timedelta(days=3), status="cancelled")
    assert upcoming(anna_client.get(URL)) == [("Also add your 2 upcoming bookings?", True)]
    anna_client.post(URL, sent(linked=work, add_upcoming="on"))
    placed = LinkedEvent.objects.filter(calendar=work, wanted="present").order_by("pk")
    assert [linked.booking for linked in placed] == bookings


def test_declined_bookings_stay_and_are_offered_again_unticked(anna_client: Client, anna: User, work: Calendar) -> None:
    BookingFactory(staff=anna)
    anna_client.post(URL, sent(linked=work))
    assert LinkedEvent.objects.count() == 0
    assert upcoming(anna_client.get(URL)) == [("Also add your 1 upcoming booking that is not in it yet", False)]


def test_another_linked_calendar_takes_the_bookings_along(anna_client: Client, anna: User, work: Calendar) -> None:
    CalendarConfiguration.objects.update(linked_calendar=work)
    booking = BookingFactory(staff=anna)
    LinkedEventFactory(booking=booking, calendar=work, pushed=True)
    new = CalendarFactory(connection=work.connection)
    assert upcoming(anna_client.get(URL)) == [
        ("If you choose another one: also move your 1 upcoming booking there", True)
    ]
    anna_client.post(URL, sent(linked=new, add_upcoming="on"))
    placements = LinkedEvent.objects.order_by("pk").values_list("calendar", "wanted")
    assert list(placements) == [(work.pk, "absent"), (new.pk, "present")]
    assert list(Calendar.objects.conflict_calendars()) == [
        work,
        new,
    ]  # a formerly linked calendar stays a conflict calendar


def test_without_upcoming_bookings_nothing_is_asked(anna_client: Client, work: Calendar) -> None:
    assert upcoming(anna_client.get(URL)) == []


# --- a calendar that appeared later ----------------------------------------------------------------


@pytest.mark.parametrize(("answer", "blocks"), [("yes", True), ("no", False)])
def test_a_new_calendar_is_asked_about_and_decided_by_one_click(
    anna_client: Client, anna: User, work: Calendar, answer: str, blocks: bool
) -> None:
    CalendarConfiguration.objects.update(saved_at=NOW)
    kids = CalendarFactory(connection=work.connection, name="Kids", is_conflict_calendar=False, asked_about=False)
    question = "//div[starts-with(@id, 'new-calendar')]"
    assert texts(anna_client.get(URL), question) == ["New calendar Kids: should it block? Yes, block: Kids No: Kids"]
    response = anna_client.post(f"{URL}new/{kids.pk}/", {"blocks": answer}, follow=True)
    kids.refresh_from_db()
    assert (kids.is_conflict_calendar, kids.asked_about, texts(response, question)) == (blocks, True, [])


def test_a_new_calendar_is_decided_on_the_page_where_it_was_asked(
    anna_client: Client, anna: User, work: Calendar
) -> None:
    CalendarConfiguration.objects.update(saved_at=NOW)
    kids, gym = (
        CalendarFactory(connection=work.connection, name=name, is_conflict_calendar=False, asked_about=False)
        for name in ("Kids", "Gym")
    )
    asked = find(anna_client.get("/clients/?q=a"), "//form[contains(@action, '/new/')]//input[@name='next']")
    assert [one.get("value") for one in asked] == ["/clients/?q=a"] * 2
    answer = anna_client.post(f"{URL}new/{kids.pk}/", {"blocks": "yes", "next": "/clients/?q=a"})
    assert answer["Location"] == "/clients/?q=a"
    swapped = anna_client.post(f"{URL}new/{gym.pk}/", {"blocks": "no"}, headers={"HX-Request": "true"})
    assert texts(swapped, "//p") == ["“Gym” does not block."]


@pytest.mark.parametrize("page", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_a_decision_leads_to_no_other_site(anna_client: Client, work: Calendar, page: str) -> None:
    kids = CalendarFactory(connection=work.connection, is_conflict_calendar=False, asked_about=False)
    answer = anna_client.post(f"{URL}new/{kids.pk}/", {"blocks": "no", "next": page})
    assert answer["Location"] == URL


def test_a_new_calendar_is_decided_by_its_owner_and_by_post(anna_client: Client, work: Calendar) -> None:
    other = CalendarFactory(is_conflict_calendar=False, asked_about=False)
    answers = [
        anna_client.post(f"{URL}new/{other.pk}/", {"blocks": "yes"}).status_code,
        anna_client.get(f"{URL}new/{work.pk}/").status_code,
    ]
    other.refresh_from_db()
    assert (answers, other.is_conflict_calendar) == ([404, 405], False)


def test_a_calendar_that_was_decided_upon_is_decided_on_its_own_row_only(
    anna_client: Client, anna: User, work: Calendar
) -> None:
    CalendarConfiguration.objects.update(linked_calendar=work, saved_at=NOW)
    assert anna_client.post(f"{URL}new/{work.pk}/", {"blocks": "no"}).status_code == 404
    assert Calendar.objects.get().is_conflict_calendar is True


def test_thirty_calendars_cost_as_many_queries_as_one(
    anna_client: Client, work: Calendar, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    OccurrenceFactory(calendar=work, all_day=True, blocks=False)
    anna_client.get(URL)
    with django_assert_num_queries(13):
        anna_client.get(URL)
    for calendar in CalendarFactory.create_batch(29, connection=work.connection):
        OccurrenceFactory(calendar=calendar, all_day=True, blocks=False)
    with django_assert_num_queries(13):
        anna_client.get(URL)


def test_what_was_not_sent_stays_as_it_is(client: Client) -> None:
    user = UserFactory(configuration__detail="full", configuration__alarm_minutes=15)
    calendar = CalendarFactory(connection__user=user, all_day_rule="always", invitations_block=True)
    client.force_login(user)
    client.post(URL, {"linked_calendar": calendar.pk, "conflict_calendars": [calendar.pk]})
    configuration = CalendarConfiguration.objects.get(user=user)
    calendar.refresh_from_db()
    assert (configuration.linked_calendar, configuration.detail, configuration.alarm_minutes) == (calendar, "full", 15)
    assert (configuration.time_zone, calendar.all_day_rule, calendar.invitations_block) == (
        "Europe/Berlin",
        "always",
        True,
    )


def test_a_title_with_a_strange_placeholder_is_refused_at_its_field(client: Client) -> None:
    user = UserFactory()
    CalendarFactory(connection__user=user)
    client.force_login(user)
    answer = client.post(URL, {"title_template": "{client} {phone}"})
    assert answer.context["form"].errors == {
        "title_template": ["“{phone}” is unknown. Use {client}, {service} or {staff}."]
    }


@pytest.mark.parametrize("number", ["9" * 18, "9" * 19, "9" * 40, "9" * 5000])
def test_a_number_that_no_calendar_has_is_said_at_its_field(anna_client: Client, number: str) -> None:
    page = anna_client.post(URL, {"linked_calendar": number, "conflict_calendars": [number]})
    assert page.context["form"].errors == {
        "linked_calendar": ["Choose one of your own calendars with writer’s access."],
        "conflict_calendars": ["Choose among your own calendars."],
    }


@pytest.mark.parametrize("template", ["{client", "client}", "{client} {service", "{{client}}", "} {"])
def test_a_title_with_a_brace_alone_is_refused_at_its_field(anna_client: Client, template: str) -> None:
    page = anna_client.post(URL, {"title_template": template})
    sentence = "A brace is missing. Write {client}, {service} or {staff} with both braces."
    assert page.context["form"].errors["title_template"] == [sentence]


def test_the_first_choice_of_somebody_without_configuration_is_kept(client: Client) -> None:
    user = UserFactory(configuration=None)
    client.force_login(user)
    assert client.get(URL).status_code == 200
    assert CalendarConfiguration.objects.filter(user=user).count() == 0
    client.post(URL, sent(detail="busy", time_zone="Asia/Tokyo"))
    chosen = CalendarConfiguration.objects.get(user=user)
    assert (chosen.detail, chosen.time_zone) == ("busy", "Asia/Tokyo")


def test_the_page_is_in_german_for_who_reads_german(german_client: Client, work: Calendar) -> None:
    headings, buttons = headings_and_buttons(german_client.get(URL))
    assert headings == [
        "Kalendereinstellungen",
        "Verknüpfter Kalender",
        "Blockierende Kalender",
        "Allgemein",
        "Nächste Woche",
        "Buchungen auf Ihrem iPhone",
        "Ausfälle und Team",
    ]
    assert buttons[-1] == "Speichern"
