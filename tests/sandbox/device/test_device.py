from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar as Parsed

from sandbox.device.agenda import displayed_events
from sandbox.device.device import AppleDevice
from sandbox.device.illness import ill_tomorrow
from sandbox.ical import ics, recurrence
from tests.sandbox.client import at, event

MONDAY = at("2026-11-23 09:30")
HALF_HOUR = timedelta(minutes=30)


def lines(calendar, href, component="VEVENT"):
    """The properties of an event by name; of several with one name, the last."""
    (found,) = ics.parse(calendar.resources[href].data).named(component)
    return {line.name: str(line) for line in found.lines}


def times(calendar, href):
    """Its occurrences in the next two months, in UTC, without seconds."""
    found = recurrence.occurrences(
        calendar.resources[href].data, datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 1, 15, tzinfo=UTC)
    )
    return sorted(f"{one.start.astimezone(UTC):%m-%d %H:%M}" for one in found)


def test_a_new_event_has_a_random_name_an_iana_zone_and_an_end(phone, work):
    href = phone.add(work, "Dentist", MONDAY)
    said = lines(work, href)
    name = href.rpartition("/")[2]
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\.ics", name)
    assert said["UID"] != f"UID:{name[:-4]}"
    assert said["DTSTART"] == "DTSTART;TZID=Europe/Berlin:20261123T093000"
    assert said["DTEND"] == "DTEND;TZID=Europe/Berlin:20261123T103000"
    assert said["TRANSP"] == "TRANSP:OPAQUE"


def test_its_zone_has_the_whole_history_with_offsets_in_seconds(phone, work):
    href = phone.add(work, "Dentist", MONDAY)
    (zone,) = ics.parse(work.resources[href].data).named("VTIMEZONE")
    first = zone.children[0]
    assert (first.value("TZNAME"), first.value("TZOFFSETTO")) == ("LMT", "+005328")
    assert zone.value("X-LIC-LOCATION") == "Europe/Berlin"


def test_an_all_day_event_is_free_unless_told_otherwise(phone, work):
    trip = lines(work, phone.add(work, "Crete", date(2026, 11, 24), date(2026, 11, 27)))
    assert (trip["DTSTART"], trip["DTEND"]) == ("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261127")
    assert trip["TRANSP"] == "TRANSP:TRANSPARENT"
    assert lines(work, phone.add(work, "Fair", date(2026, 11, 24), free=False))["TRANSP"] == "TRANSP:OPAQUE"


def test_travel_time_stands_beside_the_event_and_does_not_move_it(phone, work):
    href = phone.add(work, "Visit", MONDAY, travel=HALF_HOUR, return_travel=timedelta(hours=1, minutes=30))
    said = lines(work, href)
    assert said["X-APPLE-TRAVEL-DURATION"] == "X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M"
    assert said["X-APPLE-TRAVEL-RETURN-DURATION"] == "X-APPLE-TRAVEL-RETURN-DURATION;VALUE=DURATION:PT1H30M"
    assert said["DTSTART"] == "DTSTART;TZID=Europe/Berlin:20261123T093000"
    phone.travel(href, None)
    assert not [name for name in lines(work, href) if name.startswith("X-APPLE-TRAVEL")]


def test_the_alarm_the_phone_adds_by_itself_is_marked(phone, work):
    href = phone.add(work, "Visit", MONDAY, default_alarm=True)
    (visit,) = ics.parse(work.resources[href].data).named("VEVENT")
    assert visit.children[0].value("X-APPLE-DEFAULT-ALARM") == "TRUE"
    assert visit.children[0].value("TRIGGER") == "-PT15M"


def test_an_edit_writes_the_object_anew_without_private_properties(phone, work):
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kalends//EN\r\nBEGIN:VEVENT\r\nUID:K-1\r\n"
        "DTSTAMP:20261122T060000Z\r\nDTSTART:20261123T090000Z\r\nDTEND:20261123T100000Z\r\nSEQUENCE:4\r\n"
        "X-KALENDS-BOOKING:7\r\nX-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT5M\r\n"
        "SUMMARY:Ada\\, at 10\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    href = work.put("k.ics", text.encode())
    etag = work.resources[href].etag
    phone.touch(href)
    said = lines(work, href)
    assert "X-KALENDS-BOOKING" not in said
    assert (said["SEQUENCE"], said["UID"], said["SUMMARY"]) == ("SEQUENCE:5", "UID:K-1", "SUMMARY:Ada\\, at 10")
    assert said["X-APPLE-TRAVEL-DURATION"] == "X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT5M"
    assert ics.parse(work.resources[href].data).value("PRODID") == "-//Apple Inc.//iOS 26.1//EN"
    assert work.resources[href].etag != etag


def test_dragging_an_event_keeps_its_length(phone, work):
    href = phone.add(work, "Visit", MONDAY, MONDAY + HALF_HOUR)
    phone.move(href, at("2026-11-24 14:00"))
    said = lines(work, href)
    assert said["DTSTART"].endswith(":20261124T140000")
    assert said["DTEND"].endswith(":20261124T143000")
    phone.lengthen(href, HALF_HOUR)
    assert lines(work, href)["DTEND"].endswith(":20261124T150000")


def test_dragging_an_event_written_in_utc_moves_it_to_the_phones_wall_clock(phone, work):
    href = work.put("u.ics", event())
    phone.move(href, at("2026-11-24 14:00"))
    assert times(work, href) == ["11-24 13:00"]


def test_a_series_says_its_interval_and_can_stop(phone, work):
    href = phone.add(work, "Class", MONDAY)
    phone.repeat(href, "FREQ=WEEKLY;COUNT=3")
    assert lines(work, href)["RRULE"] == "RRULE:FREQ=WEEKLY;COUNT=3;INTERVAL=1"
    assert times(work, href) == ["11-23 08:30", "11-30 08:30", "12-07 08:30"]
    phone.repeat(href, "")
    assert times(work, href) == ["11-23 08:30"]


def test_a_deleted_occurrence_is_one_exdate_line(phone, work):
    href = phone.add(work, "Class", MONDAY, rule="FREQ=WEEKLY;COUNT=3")
    phone.delete_one(href, at("2026-11-30 09:30"))
    phone.delete_one(href, at("2026-12-07 09:30"))
    assert work.resources[href].data.count(b"EXDATE;TZID=Europe/Berlin:") == 2
    assert times(work, href) == ["11-23 08:30"]
    slots = [at(f"2026-{day} 09:30") for day in ("11-23", "11-30", "12-07")]
    assert [phone.is_excluded(href, slot) for slot in slots] == [False, True, True]


def test_a_moved_occurrence_is_an_override_in_local_time_without_a_rule(phone, work):
    href = phone.add(work, "Class", MONDAY, rule="FREQ=WEEKLY;COUNT=2")
    phone.move_one(href, at("2026-11-30 09:30"), at("2026-12-01 15:00"))
    master, override = ics.parse(work.resources[href].data).named("VEVENT")
    assert str(override.all("RECURRENCE-ID")[0]) == "RECURRENCE-ID;TZID=Europe/Berlin:20261130T093000"
    assert (override.value("X-RECURRENCE-EXCEPTION"), override.all("RRULE")) == ("True", [])
    assert (override.value("UID"), master.all("EXDATE")) == (master.value("UID"), [])
    assert times(work, href) == ["11-23 08:30", "12-01 14:00"]


def test_moving_the_whole_series_moves_its_exceptions(phone, work):
    href = phone.add(work, "Class", MONDAY, rule="FREQ=WEEKLY;COUNT=3")
    phone.delete_one(href, at("2026-11-30 09:30"))
    phone.move_one(href, at("2026-12-07 09:30"), at("2026-12-08 09:30"))
    phone.move(href, at("2026-11-23 10:30"))
    assert times(work, href) == ["11-23 09:30", "12-08 09:30"]


@pytest.mark.parametrize("keeps", ["past", "future"])
def test_this_and_future_makes_two_objects_tied_together(phone, work, keeps):
    href = phone.add(work, "Class", MONDAY, rule="FREQ=WEEKLY;COUNT=4")
    uid = lines(work, href)["UID"]
    other = phone.move_following(href, at("2026-12-07 09:30"), at("2026-12-07 11:00"), keeps=keeps)
    past, future = (href, other) if keeps == "past" else (other, href)
    assert lines(work, past)["RRULE"] == "RRULE:FREQ=WEEKLY;INTERVAL=1;UNTIL=20261207T082959Z"
    assert times(work, past) == ["11-23 08:30", "11-30 08:30"]
    assert times(work, future) == ["12-07 10:00", "12-14 10:00"]
    assert lines(work, href)["UID"] == uid
    assert lines(work, other)["UID"] != uid
    assert lines(work, href)["RELATED-TO"] == lines(work, other)["RELATED-TO"]
    assert "RELTYPE=X-CALENDARSERVER-RECURRENCE-SET" in lines(work, href)["RELATED-TO"]


def test_deleting_the_following_ends_the_series_a_second_before(phone, work):
    href = phone.add(work, "Class", at("2026-12-01 10:00"), rule="FREQ=WEEKLY")
    phone.delete_following(href, at("2026-12-15 10:00"))
    assert lines(work, href)["RRULE"] == "RRULE:FREQ=WEEKLY;INTERVAL=1;UNTIL=20261215T085959Z"
    assert times(work, href) == ["12-01 09:00", "12-08 09:00"]


def test_moving_to_another_calendar_keeps_the_uid_and_changes_the_path(phone, work, account):
    href = phone.add(work, "Visit", MONDAY)
    uid = lines(work, href)["UID"]
    home = account.calendar("home")
    new = phone.move_to(href, home)
    assert (href in work.resources, new in home.resources) == (False, True)
    assert new.rpartition("/")[2] != href.rpartition("/")[2]
    assert lines(home, new)["UID"] == uid


def test_a_duplicate_has_a_uid_of_its_own(phone, work):
    href = phone.add(work, "Visit", MONDAY)
    assert lines(work, phone.duplicate(href))["UID"] != lines(work, href)["UID"]


def test_an_invitation_hides_the_address_and_can_be_declined(phone, work, account):
    href = phone.receive_invitation(work, "Council", MONDAY)
    (visit,) = ics.parse(work.resources[href].data).named("VEVENT")
    organizer, me = visit.all("ORGANIZER")[0], visit.all("ATTENDEE")[1]
    assert organizer.value.endswith("@imip.me.com")
    assert me.value == "/aMTAwMDAwMDE/principal/"
    assert (me.parameters["EMAIL"], me.parameters["PARTSTAT"]) == ("anna@example.com", "NEEDS-ACTION")
    phone.answer(href, "DECLINED")
    (visit,) = ics.parse(work.resources[href].data).named("VEVENT")
    assert [line.parameters["PARTSTAT"] for line in visit.all("ATTENDEE")] == ["ACCEPTED", "DECLINED"]


@pytest.mark.parametrize(
    ("spelling", "value"),
    [("mail", "mailto:anna@example.com"), ("own-path", "/10000001/principal/")],
)
def test_the_owner_may_be_written_in_other_ways(phone, work, spelling, value):
    href = phone.receive_invitation(work, "Council", MONDAY, me=spelling)
    (visit,) = ics.parse(work.resources[href].data).named("VEVENT")
    assert visit.all("ATTENDEE")[1].value == value


def test_an_invitation_to_one_occurrence_is_an_override_without_a_master(phone, work):
    href = phone.receive_invitation(work, "Guest lecture", MONDAY, only=at("2026-11-22 09:30"))
    (visit,) = ics.parse(work.resources[href].data).named("VEVENT")
    assert visit.value("RECURRENCE-ID") == "20261122T093000"
    phone.answer(href, "ACCEPTED")
    assert times(work, href) == ["11-23 08:30"]


def test_floating_times_a_stray_zone_and_an_empty_title_occur(phone, work):
    floating = lines(work, phone.add(work, "Alarm clock", MONDAY, floating=True))
    assert floating["DTSTART"] == "DTSTART:20261123T093000"
    odd = lines(work, phone.add(work, "", date(2026, 11, 24), stray_zone=True))
    assert (odd["TZID"], odd["SUMMARY"]) == ("TZID:Europe/Berlin", "SUMMARY:")


def test_all_day_and_floating_can_be_switched_on(phone, work):
    href = phone.add(work, "Visit", MONDAY)
    phone.make_floating(href)
    assert lines(work, href)["DTEND"] == "DTEND:20261123T103000"
    phone.make_all_day(href)
    said = lines(work, href)
    assert (said["DTSTART"], said["TRANSP"]) == ("DTSTART;VALUE=DATE:20261123", "TRANSP:TRANSPARENT")
    phone.move(href, MONDAY)
    assert lines(work, href)["DTEND"] == "DTEND;TZID=Europe/Berlin:20261123T103000"


def test_free_cancel_rename_alarm_place_and_delete(phone, work):
    href = phone.add(work, "Visit", MONDAY)
    phone.free(href)
    phone.rename(href, "Visit, later")
    phone.annotate(href, "bring\nkeys")
    phone.place(href, "Hauptstr. 1")
    phone.alarm(href, 30)
    phone.cancel(href)
    said = lines(work, href)
    assert (said["TRANSP"], said["SUMMARY"], said["STATUS"]) == (
        "TRANSP:TRANSPARENT",
        "SUMMARY:Visit\\, later",
        "STATUS:CANCELLED",
    )
    assert said["DESCRIPTION"] == "DESCRIPTION:bring\\nkeys"
    assert said["SEQUENCE"] == "SEQUENCE:6"
    phone.delete(href)
    assert work.resources == {}


def test_the_phone_in_new_york_writes_its_own_zone(account, work):
    href = AppleDevice(account, zone="America/New_York").add(work, "Call", datetime(2026, 11, 23, 8, tzinfo=UTC))
    assert lines(work, href)["DTSTART"] == "DTSTART;TZID=America/New_York:20261123T030000"


def test_everything_it_writes_is_read_by_icalendar(phone, work):
    phone.add(work, "Ä" * 60, MONDAY, travel=HALF_HOUR, notes="a, b; c\\d", url="https://example.com/?a=1;b=2")
    phone.receive_invitation(work, "Council", MONDAY)
    for resource in work.resources.values():
        assert Parsed.from_ical(resource.data).errors == []
        assert max(len(line) for line in resource.data.split(b"\r\n")) <= 75


def test_who_is_ill_enters_one_busy_day(account, phone):
    days = [ill_tomorrow(account) for _press in range(2)]
    shown = displayed_events(account, days[0], 1, phone.zone)
    assert days[0] == days[1]
    assert [(one.title, one.all_day, one.start.date(), one.free) for one in shown] == [("Ill", True, days[0], False)]
