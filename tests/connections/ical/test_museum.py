"""What each odd file of the museum means, in Berlin time and for Anna."""

from __future__ import annotations

import pytest

from tests.connections.ical.museum import MUSEUM, expanded, local, museum

# file, problem, instances
MEANINGS = [
    ("alarm_that_never_ends", "unreadable", ["2026-12-01 10:00 - 11:00 unreadable"]),
    ("all_day_that_ends_on_its_own_day", "", ["2026-12-01 00:00 - 00:00 busy"]),
    ("all_day_with_a_duration_backwards", "", ["2026-12-01 00:00 - 00:00 busy"]),
    ("all_day_with_a_duration_in_hours", "", ["2027-10-31 00:00 - 00:00 busy"]),
    ("all_day_with_a_duration_of_no_time", "", ["2026-12-01 00:00 - 00:00 busy"]),
    ("all_day_without_end", "", ["2026-12-01 00:00 - 00:00 busy"]),
    ("all_day_without_value_parameter", "", ["2026-12-01 00:00 - 00:00 busy"]),
    ("apple_all_day_free", "", ["2026-12-24 00:00 - 00:00 free"]),
    ("apple_declined_under_a_relay_address", "", ["2026-12-01 10:00 - 11:00 declined"]),
    ("apple_default_alarm_with_its_own_duration", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("apple_deleted_after_it_was_moved", "", ["2026-12-01 10:00 - 11:00 busy", "2026-12-09 10:00 - 11:00 busy"]),
    ("apple_duplicate_dtstamp_in_an_override", "", ["2026-12-01 10:00 - 11:00 busy", "2026-12-08 13:00 - 14:00 busy"]),
    ("apple_empty_summary_and_location", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("apple_floating_time", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("apple_full_history_zone_after_the_event", "", ["2026-12-01 10:00 - 11:00 busy"]),
    (
        "apple_invited_to_single_instances_only",
        "",
        ["2026-12-08 10:00 - 11:00 invitation_rule", "2026-12-22 12:00 - 13:00 busy"],
    ),
    ("apple_stray_tzid_property", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("apple_stray_tzid_property_on_an_all_day_event", "", ["2026-12-01 00:00 - 00:00 free"]),
    ("apple_structured_location_with_broken_folding", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("apple_tentative_under_the_principal_path", "", ["2026-12-01 10:00 - 11:00 invitation_rule"]),
    ("apple_this_and_future_split", "", ["2026-11-02 18:00 - 18:30 busy", "2026-11-09 18:00 - 18:30 busy"]),
    ("apple_travel_time_with_route", "", ["2026-12-01 09:30 - 11:00 busy"]),
    ("apple_travel_time_without_value_parameter", "", ["2026-12-01 08:30 - 11:15 busy"]),
    ("apple_zone_alias", "", ["2026-12-01 19:00 - 20:00 busy"]),
    ("blank_lines_and_trailing_blanks", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("byte_order_mark", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("carriage_returns_only", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("cut_off_after_the_start", "unreadable", ["2026-12-01 10:00 - 00:00 unreadable"]),
    ("duration_in_days_over_the_clock_change", "", ["2027-03-27 22:00 - 22:00 busy"]),
    ("end_and_duration_at_once", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("end_that_is_no_date", "unreadable", ["2026-12-01 10:00 - 00:00 unreadable"]),
    ("ends_before_it_starts", "unreadable", ["2026-12-01 11:00 - 00:00 unreadable"]),
    (
        "exchange_customised_zone",
        "",
        [
            "2026-11-01 10:00 - 11:00 busy",
            "2026-12-01 10:00 - 11:00 busy",
            "2027-01-01 10:00 - 11:00 busy",
            "2027-02-01 10:00 - 11:00 busy",
        ],
    ),
    ("exchange_display_name_as_zone", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("exchange_display_name_without_vtimezone", "", ["2026-12-01 16:00 - 17:00 busy"]),
    ("exchange_exdate_as_dates", "", ["2026-12-01 10:00 - 11:00 busy", "2026-12-04 10:00 - 11:00 busy"]),
    (
        "exchange_midnight_recurrence_id",
        "",
        ["2026-12-01 10:00 - 11:00 busy", "2026-12-02 15:00 - 16:00 busy", "2026-12-03 10:00 - 11:00 busy"],
    ),
    ("exchange_unknown_zone_without_vtimezone", "zone_unknown", ["2026-12-01 10:00 - 11:00 busy"]),
    ("exchange_unquoted_colon_in_a_zone", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("exchange_windows_zone", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("exdate_half_lost", "unreadable", ["2026-12-01 10:00 - 11:00 unreadable", "2026-12-02 10:00 - 11:00 unreadable"]),
    ("exdate_in_another_zone", "", ["2026-12-01 10:00 - 11:00 busy"]),
    (
        "exdate_of_an_hourly_series_in_utc",
        "",
        ["2026-12-01 10:00 - 10:10 busy", "2026-12-01 12:00 - 12:10 busy", "2026-12-01 13:00 - 13:10 busy"],
    ),
    ("fold_inside_a_character", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("folds_inside_names", "", ["2026-12-01 10:00 - 11:00 busy"]),
    (
        "google_all_day_series_until_an_instant",
        "",
        ["2026-12-01 00:00 - 00:00 busy", "2026-12-02 00:00 - 00:00 busy", "2026-12-03 00:00 - 00:00 busy"],
    ),
    (
        "google_cancelled_override",
        "",
        ["2026-12-01 10:00 - 11:00 busy", "2026-12-08 10:00 - 11:00 cancelled", "2026-12-15 10:00 - 11:00 busy"],
    ),
    (
        "google_recurrence_id_in_utc_for_a_moved_instance",
        "",
        ["2026-12-01 10:00 - 11:00 busy", "2026-12-08 15:00 - 16:00 busy"],
    ),
    (
        "google_until_as_a_date_beside_a_time",
        "",
        ["2026-12-01 10:00 - 11:00 busy", "2026-12-02 10:00 - 11:00 busy", "2026-12-03 10:00 - 11:00 busy"],
    ),
    ("iso_8601_with_dashes", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("libical_prefixed_zone", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("line_ends_converted_twice", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("line_feeds_only", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("lotus_zone_with_the_time_in_its_rules", "", ["2026-12-01 16:00 - 17:00 busy"]),
    ("lower_case_names", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("mozilla_dated_prefix_before_a_zone_of_three_parts", "", ["2026-12-01 14:00 - 15:00 busy"]),
    ("no_calendar_around_the_event", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("no_end_and_no_duration", "", ["2026-12-01 10:00 - 10:00 busy"]),
    ("no_times_at_all", "no_times", []),
    ("not_a_calendar", "unreadable", []),
    ("nul_bytes", "unreadable", ["2026-12-01 10:00 - 11:00 unreadable", "2026-12-02 10:00 - 11:00 unreadable"]),
    ("only_a_task", "", []),
    ("outlook_tabs_in_folds", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("outlook_zone_numbered_twice", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("override_moved_into_the_window_from_far_away", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("override_moved_out_of_the_window", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("override_of_no_slot", "", ["2026-12-01 10:00 - 11:00 busy", "2026-12-03 10:00 - 11:00 busy"]),
    ("quote_that_never_closes", "", ["2026-12-01 10:00 - 11:00 busy"]),
    (
        "range_this_and_future",
        "",
        [
            "2026-12-01 10:00 - 11:00 busy",
            "2026-12-02 10:00 - 11:00 busy",
            "2026-12-03 12:00 - 12:30 busy",
            "2026-12-04 12:00 - 12:30 busy",
            "2026-12-05 12:00 - 12:30 busy",
        ],
    ),
    (
        "rdate_with_periods",
        "",
        [
            "2026-12-01 10:00 - 11:00 busy",
            "2026-12-03 09:00 - 11:00 busy",
            "2026-12-04 09:00 - 09:30 busy",
            "2026-12-05 10:00 - 11:00 busy",
        ],
    ),
    ("rule_that_is_empty", "unreadable", ["2026-12-01 10:00 - 11:00 unreadable"]),
    ("rule_named_twice", "", ["2026-12-01 10:00 - 11:00 busy", "2026-12-08 10:00 - 11:00 busy"]),
    (
        "rule_that_is_no_rule",
        "unreadable",
        ["2026-12-01 10:00 - 11:00 unreadable", "2026-12-08 10:00 - 11:00 unreadable"],
    ),
    (
        "rule_that_skips_backward_in_short_months",
        "",
        ["2027-01-31 10:00 - 11:00 busy", "2027-02-28 10:00 - 11:00 busy", "2027-03-31 10:00 - 11:00 busy"],
    ),
    ("rule_until_before_its_start", "unreadable", ["2026-12-01 10:00 - 11:00 unreadable"]),
    (
        "rule_until_hour_twenty_four",
        "unreadable",
        ["2026-12-01 10:00 - 11:00 unreadable", "2027-06-01 10:00 - 11:00 unreadable"],
    ),
    (
        "several_overrides_for_one_slot",
        "",
        ["2026-12-01 10:00 - 11:00 busy", "2026-12-02 14:00 - 15:00 busy", "2026-12-02 16:00 - 17:00 busy"],
    ),
    ("start_and_end_in_different_zones", "", ["2026-12-01 10:00 - 19:00 busy"]),
    ("start_that_is_no_date", "unreadable", ["2026-12-01 00:00 - 11:00 unreadable"]),
    ("times_half_lost", "unreadable", ["2026-12-01 00:00 - 00:00 unreadable"]),
    ("title_in_latin_1", "", ["2026-12-01 10:00 - 11:00 busy", "2026-12-02 10:00 - 11:00 busy"]),
    ("two_masters_with_one_uid", "", ["2026-12-01 10:00 - 11:00 busy", "2026-12-02 10:00 - 11:00 busy"]),
    ("vtimezone_that_cannot_be_computed", "zone_unknown", ["2026-12-01 10:00 - 11:00 busy"]),
    ("vtimezone_twice_and_the_second_empty", "", ["2026-12-01 16:00 - 17:00 busy"]),
    ("week_of_the_year_without_a_weekday", "", ["2026-12-01 10:00 - 11:00 busy"]),
    ("zone_name_escaped_in_its_vtimezone_only", "", ["2026-12-01 16:00 - 17:00 busy"]),
    ("zone_of_the_file_behind_a_vendors_prefix", "", ["2026-12-01 09:00 - 10:00 busy"]),
    ("zone_that_is_only_an_offset", "", ["2026-12-01 16:00 - 17:00 busy"]),
    ("basic_with_offset", "", ["2026-12-08 05:00 - 06:00 busy"]),
    ("begin_param", "", ["2026-12-07 09:00 - 10:00 busy"]),
    (
        "date_series_with_byhour",
        "",
        ["2026-12-07 00:00 - 00:00 busy", "2026-12-08 00:00 - 00:00 busy", "2026-12-09 00:00 - 00:00 busy"],
    ),
    ("desc_with_end_vevent_text", "unreadable", ["2026-12-07 09:00 - 10:00 unreadable"]),
    ("dtend_before_dtstart", "unreadable", ["2026-12-07 10:00 - 00:00 unreadable"]),
    ("dtend_floating_dtstart_zoned", "", ["2026-12-07 15:00 - 16:00 busy"]),
    ("exchange_allday_flag", "", ["2026-12-07 00:00 - 00:00 free"]),
    ("exrule", "", ["2026-12-08 09:00 - 10:00 busy", "2026-12-10 09:00 - 10:00 busy"]),
    ("iso_with_offset", "", ["2026-12-07 09:00 - 10:00 busy"]),
    ("js_iso_millis", "", ["2026-12-07 10:00 - 11:00 busy"]),
    (
        "override_of_exdate",
        "",
        ["2026-12-07 09:00 - 10:00 busy", "2026-12-08 16:00 - 17:00 busy", "2026-12-09 09:00 - 10:00 busy"],
    ),
    (
        "rdate_bad_and_rule",
        "unreadable",
        [
            "2026-12-07 09:00 - 10:00 unreadable",
            "2026-12-09 09:00 - 10:00 unreadable",
            "2026-12-14 09:00 - 10:00 unreadable",
        ],
    ),
    (
        "rdate_one_bad",
        "unreadable",
        [
            "2026-12-07 09:00 - 10:00 unreadable",
            "2026-12-08 09:00 - 10:00 unreadable",
            "2026-12-10 09:00 - 10:00 unreadable",
        ],
    ),
    (
        "rdate_period_dates",
        "unreadable",
        ["2026-12-07 09:00 - 10:00 unreadable", "2026-12-08 09:00 - 00:00 unreadable"],
    ),
    (
        "rscale_hebrew_weekly",
        "",
        [
            "2026-12-07 09:00 - 10:00 busy",
            "2026-12-09 09:00 - 10:00 busy",
            "2026-12-14 09:00 - 10:00 busy",
            "2026-12-16 09:00 - 10:00 busy",
        ],
    ),
    (
        "skip_backward_two_days",
        "",
        [
            "2027-01-15 09:00 - 10:00 busy",
            "2027-01-31 09:00 - 10:00 busy",
            "2027-02-15 09:00 - 10:00 busy",
            "2027-02-28 09:00 - 10:00 busy",
            "2027-03-15 09:00 - 10:00 busy",
        ],
    ),
    ("space_before_param", "", ["2026-12-07 09:00 - 10:00 busy"]),
    (
        "this_and_future_ny_over_us_dst",
        "",
        [
            "2027-03-08 15:00 - 16:00 busy",
            "2027-03-15 14:00 - 15:00 busy",
            "2027-03-22 14:00 - 15:00 busy",
            "2027-03-29 15:00 - 16:00 busy",
        ],
    ),
    ("two_dtstarts", "unreadable", ["2026-12-07 11:00 - 12:00 unreadable", "2026-12-08 11:00 - 12:00 unreadable"]),
    ("two_series_same_first_255", "", ["2026-12-07 09:00 - 10:00 busy", "2026-12-08 09:00 - 10:00 busy"]),
    ("tzid_windows_daylight", "", ["2027-07-07 15:00 - 16:00 busy"]),
    ("utc_start_floating_end", "", ["2026-12-07 10:00 - 11:00 busy"]),
    ("vtimezone_gmt_with_bst", "", ["2027-07-07 10:00 - 11:00 busy"]),
    ("vtimezone_with_summer_named_EST", "", ["2027-07-07 15:00 - 16:00 busy"]),
    ("vtimezone_wraps_event", "", ["2026-12-07 09:00 - 10:00 busy"]),
    (
        "weekly_bysetpos_midweek",
        "",
        ["2026-12-09 09:00 - 10:00 busy", "2026-12-14 09:00 - 10:00 busy", "2026-12-16 09:00 - 10:00 busy"],
    ),
]

# file, problem, how many instances, the first of them
LONG_SERIES = [
    (
        "bad_until_keeps_byday",
        "unreadable",
        257,
        [
            "2026-12-07 09:00 - 10:00 unreadable",
            "2026-12-08 09:00 - 10:00 unreadable",
            "2026-12-09 09:00 - 10:00 unreadable",
            "2026-12-10 09:00 - 10:00 unreadable",
        ],
    ),
    (
        "byday_empty_item",
        "",
        103,
        [
            "2026-12-07 09:00 - 10:00 busy",
            "2026-12-09 09:00 - 10:00 busy",
            "2026-12-14 09:00 - 10:00 busy",
            "2026-12-16 09:00 - 10:00 busy",
        ],
    ),
    (
        "interval_empty",
        "unreadable",
        154,
        [
            "2026-12-07 09:00 - 10:00 unreadable",
            "2026-12-09 09:00 - 10:00 unreadable",
            "2026-12-11 09:00 - 10:00 unreadable",
            "2026-12-14 09:00 - 10:00 unreadable",
        ],
    ),
    (
        "interval_zero_keeps_byday",
        "unreadable",
        154,
        [
            "2026-12-07 09:00 - 10:00 unreadable",
            "2026-12-09 09:00 - 10:00 unreadable",
            "2026-12-11 09:00 - 10:00 unreadable",
            "2026-12-14 09:00 - 10:00 unreadable",
        ],
    ),
    (
        "rscale_chinese_yearly",
        "unreadable",
        63,
        [
            "2027-01-17 00:00 - 00:00 busy",
            "2027-01-18 00:00 - 00:00 busy",
            "2027-01-19 00:00 - 00:00 busy",
            "2027-01-20 00:00 - 00:00 busy",
        ],
    ),
    (
        "rule_longer_than_1000",
        "",
        335,
        [
            "2027-01-01 00:00 - 00:00 busy",
            "2027-01-02 00:00 - 00:00 busy",
            "2027-01-03 00:00 - 00:00 busy",
            "2027-01-04 00:00 - 00:00 busy",
        ],
    ),
    (
        "rule_part_twice",
        "unreadable",
        103,
        [
            "2026-12-07 09:00 - 10:00 unreadable",
            "2026-12-09 09:00 - 10:00 unreadable",
            "2026-12-14 09:00 - 10:00 unreadable",
            "2026-12-16 09:00 - 10:00 unreadable",
        ],
    ),
    (
        "unknown_rule_part",
        "unreadable",
        257,
        [
            "2026-12-07 09:00 - 10:00 unreadable",
            "2026-12-08 09:00 - 10:00 unreadable",
            "2026-12-09 09:00 - 10:00 unreadable",
            "2026-12-10 09:00 - 10:00 unreadable",
        ],
    ),
    (
        "year_0001_weekly",
        "",
        57,
        [
            "2026-11-02 10:00 - 11:00 busy",
            "2026-11-09 10:00 - 11:00 busy",
            "2026-11-16 10:00 - 11:00 busy",
            "2026-11-23 10:00 - 11:00 busy",
        ],
    ),
]


@pytest.mark.parametrize(("name", "problem", "instances"), MEANINGS, ids=[row[0] for row in MEANINGS])
def test_an_odd_file_is_understood(name, problem, instances):
    result = expanded(museum(name))

    assert [
        f"{span} {instance.reason}" for span, instance in zip(local(result), result.instances, strict=True)
    ] == instances
    assert result.problem == problem


@pytest.mark.parametrize(("name", "problem", "count", "first"), LONG_SERIES, ids=[row[0] for row in LONG_SERIES])
def test_an_odd_series_is_understood(name, problem, count, first):
    result = expanded(museum(name))

    found = [f"{span} {instance.reason}" for span, instance in zip(local(result), result.instances, strict=True)]
    assert (found[: len(first)], len(found), result.problem) == (first, count, problem)


def test_no_file_of_the_museum_is_left_out():
    assert sorted(path.stem for path in MUSEUM.glob("*.ics")) == sorted(row[0] for row in [*MEANINGS, *LONG_SERIES])
