from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from availability.forms import BlockedSlotForm, DateOverrideForm, posted_week, reshaped_week, week_of
from availability.models import BlockedSlot, DateOverride
from availability.slots import Period
from practice.models import User

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SKIPPED = "{} does not exist on this day, because the clocks go forward. Choose 03:00 or later."


def week_data(*rows: tuple[object, str, str], **buttons: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), **buttons})
    for n, (weekday, start, end) in enumerate(rows):
        data.update({f"form-{n}-weekday": str(weekday), f"form-{n}-start": start, f"form-{n}-end": end})
    return data


def period(start: str, end: str) -> Period:
    return time.fromisoformat(start), time.fromisoformat(end)


def test_the_week_gives_its_periods_and_ignores_empty_rows() -> None:
    week = posted_week(week_data((0, "9:00", "12:30"), (0, "", ""), (0, "12:30", "24:00"), (6, "00:00", "00:00")))
    assert (week.is_valid(), week.hours) == (
        True,
        [
            (0, period("09:00", "12:30")),
            (0, period("12:30", "00:00")),
            (6, period("00:00", "00:00")),
        ],
    )


@pytest.mark.parametrize(
    ("start", "end", "errors"),
    [
        ("9:00", "", {"end": ["Enter a time."]}),
        ("", "9:00", {"start": ["Enter a time."]}),
        ("nine", "17:00", {"start": ["Enter a time like 9:00 or 17:30."]}),
        ("17:00", "9:00", {"end": ["The end must be after the start. For midnight enter 0:00."]}),
        ("9:00", "9:00", {"end": ["The end must be after the start. For midnight enter 0:00."]}),
    ],
)
def test_a_wrong_row_says_so_at_its_field(start: str, end: str, errors: dict[str, list[str]]) -> None:
    week = posted_week(week_data((3, start, end)))
    assert (week.is_valid(), week.errors) == (False, [errors])


def test_hours_that_overlap_on_one_weekday_are_refused_and_touching_ones_are_not() -> None:
    week = posted_week(week_data((0, "9:00", "12:00"), (1, "9:00", "12:00"), (0, "8:00", "9:30")))
    assert (week.is_valid(), week.errors) == (False, [{}, {}, {"start": ["This overlaps 09:00–12:00."]}])
    assert posted_week(week_data((0, "9:00", "12:00"), (0, "8:00", "9:00"))).is_valid()


def test_a_weekday_that_is_none_is_refused() -> None:
    assert [posted_week(week_data((day, "9:00", "10:00"))).is_valid() for day in (7, -1, "", "x")] == [False] * 4


def test_a_forged_number_of_rows_is_refused() -> None:
    many = week_data((0, "9:00", "10:00"))
    many["form-TOTAL_FORMS"] = "100000"
    assert [posted_week(data).is_valid() for data in (many, QueryDict())] == [False, False]


def test_the_add_and_remove_buttons_keep_what_was_typed() -> None:
    rows = ((0, "9:00", "nonsense"), (1, "10:00", "11:00"))
    added, removed = (
        reshaped_week(week_data(*rows, add="0")),
        reshaped_week(week_data(*rows, remove="form-0")),
    )
    assert reshaped_week(week_data(*rows)) is None
    assert added is not None
    assert removed is not None
    assert list(added.rows.values()) == [
        {"weekday": "0", "start": "9:00", "end": "nonsense"},
        {"weekday": "1", "start": "10:00", "end": "11:00"},
        {"weekday": "0", "start": None, "end": None},
    ]
    assert list(removed.rows.values()) == [{"weekday": "1", "start": "10:00", "end": "11:00"}]
    assert added.total_error_count() == 0


def test_the_week_shows_seven_days_with_their_rows() -> None:
    week = week_of({4: [period("09:00", "12:00"), period("13:00", "00:00")]})
    assert [(day.name, len(day.forms)) for day in week.days] == [
        ("Monday", 0),
        ("Tuesday", 0),
        ("Wednesday", 0),
        ("Thursday", 0),
        ("Friday", 2),
        ("Saturday", 0),
        ("Sunday", 0),
    ]
    assert 'value="13:00"' in str(week.days[4].forms[1]["start"])


def override(**data: str) -> DateOverrideForm:
    return DateOverrideForm(User(pk=1), BERLIN, NOW, {f"override-{name}": value for name, value in data.items()})


@pytest.mark.django_db
def test_a_date_is_closed_whatever_times_were_typed() -> None:
    form = override(date="2026-12-24", kind="closed", start="9:00", end="x")
    assert form.errors == {"end": ["Enter a time like 9:00 or 17:30."]}
    form = override(date="2026-12-24", kind="closed", start="9:00", end="10:00")
    assert (form.is_valid(), form.instance.date, form.instance.period) == (True, date(2026, 12, 24), None)


@pytest.mark.django_db
def test_a_date_gets_other_hours() -> None:
    form = override(date="2026-12-24", kind="hours", start="20:00", end="00:00")
    assert (form.is_valid(), form.instance.period) == (True, period("20:00", "00:00"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"date": "2026-02-28", "kind": "closed"}, {"date": ["This date is over."]}),
        ({"date": "9999-12-31", "kind": "closed"}, {"date": ["This date is too far away."]}),
        ({"date": "2200-01-01", "kind": "closed"}, {"date": ["This date is too far away."]}),
        ({"date": "someday", "kind": "closed"}, {"date": ["Enter a valid date."]}),
        ({"date": "2026-03-29", "kind": "hours"}, {"start": ["Enter a time."], "end": ["Enter a time."]}),
        (
            {"date": "2026-03-29", "kind": "hours", "start": "02:30", "end": "05:00"},
            {"start": [SKIPPED.format("02:30")]},
        ),
        (
            {"date": "2026-03-29", "kind": "hours", "start": "01:00", "end": "02:00"},
            {"end": [SKIPPED.format("02:00")]},
        ),
        (
            {"date": "2026-03-28", "kind": "hours", "start": "10:00", "end": "09:00"},
            {"end": ["The end must be after the start. For midnight enter 0:00."]},
        ),
    ],
)
def test_a_wrong_override_says_so_at_its_field(data: dict[str, str], errors: dict[str, list[str]]) -> None:
    assert override(**data).errors == errors


@pytest.mark.django_db
def test_an_override_that_contradicts_another_is_refused(django_user_model: type[User]) -> None:
    anna = django_user_model.objects.create(pk=1)
    DateOverride.objects.create(user=anna, date=date(2026, 12, 24), start=time(9), end=time(12))
    assert override(date="2026-12-24", kind="closed").non_field_errors() == [
        "This date already has hours of its own. Remove them first."
    ]
    assert override(date="2026-12-24", kind="hours", start="11:00", end="13:00").non_field_errors() == [
        "This overlaps 09:00–12:00."
    ]


def blocked(start: str, end: str, note: str = "") -> BlockedSlotForm:
    data = {"blocked-start": start, "blocked-end": end, "blocked-note": note}
    return BlockedSlotForm(User(pk=1), BERLIN, NOW, data)


@pytest.mark.django_db
def test_a_blocked_slot_is_read_on_the_clock_of_its_owner(django_user_model: type[User]) -> None:
    django_user_model.objects.create(pk=1)
    form = blocked("2026-07-01T10:00", "2026-07-01T12:30", "Dentist")
    assert (form.is_valid(), form.instance.start, form.instance.end, form.instance.note) == (
        True,
        datetime(2026, 7, 1, 8, tzinfo=UTC),
        datetime(2026, 7, 1, 10, 30, tzinfo=UTC),
        "Dentist",
    )


@pytest.mark.django_db
def test_an_hour_shown_twice_means_the_first(django_user_model: type[User]) -> None:
    django_user_model.objects.create(pk=1)
    form = blocked("2026-10-25T02:30", "2026-10-25T03:00")
    assert (form.is_valid(), form.instance.start, form.instance.end) == (
        True,
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end", "errors"),
    [
        ("", "2026-07-01T10:00", {"start": ["This field is required."]}),
        ("tomorrow", "2026-07-01T10:00", {"start": ["Enter a date and a time."]}),
        ("2026-07-01T10:00+02:00", "2026-07-01T12:00", {"start": ["Enter a date and a time."]}),
        ("0001-01-01T00:00", "2026-07-01T12:00", {"start": ["Enter a date and a time."]}),
        ("2026-07-01T10:00", "9999-12-31T23:59", {"end": ["Enter a date and a time."]}),
        ("2026-03-29T02:30", "2026-03-29T04:00", {"start": [SKIPPED.format("02:30")]}),
        ("2026-07-01T10:00", "2026-07-01T10:00", {"end": ["The end must be after the start."]}),
        ("2026-02-27T10:00", "2026-02-28T10:00", {"end": ["This time is over."]}),
    ],
)
def test_a_wrong_blocked_slot_says_so_at_its_field(
    django_user_model: type[User], start: str, end: str, errors: dict[str, list[str]]
) -> None:
    django_user_model.objects.create(pk=1)
    assert blocked(start, end).errors == errors


@pytest.mark.django_db
def test_the_same_time_is_blocked_once(django_user_model: type[User]) -> None:
    anna = django_user_model.objects.create(pk=1)
    slot = datetime(2026, 7, 1, 8, tzinfo=UTC), datetime(2026, 7, 1, 9, tzinfo=UTC)
    BlockedSlot.objects.create(user=anna, start=slot[0], end=slot[1])
    assert blocked("2026-07-01T10:00", "2026-07-01T11:00").non_field_errors() == ["This time is blocked already."]
