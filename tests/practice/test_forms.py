"""Durations in forms: a number and its unit."""

from __future__ import annotations

import pytest
from django import forms

from practice.forms import DurationField, Unit

LONG = (Unit.MINUTES, Unit.HOURS, Unit.DAYS)


class NoticeForm(forms.Form):
    notice = DurationField(units=LONG)
    ahead = DurationField(units=(Unit.DAYS, Unit.WEEKS), required=False)


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (0, [0, Unit.MINUTES]),
        (60, [60, Unit.MINUTES]),
        (90, [90, Unit.MINUTES]),
        (120, [2, Unit.HOURS]),
        (1440, [24, Unit.HOURS]),
        (2880, [2, Unit.DAYS]),
        (None, [None, Unit.MINUTES]),
    ],
)
def test_a_duration_is_shown_in_the_largest_unit_of_which_it_has_two(
    minutes: int | None, shown: list[int | None]
) -> None:
    assert DurationField(units=LONG).widget.decompress(minutes) == shown


def test_days_are_shown_in_days_or_weeks() -> None:
    widget = DurationField(units=(Unit.DAYS, Unit.WEEKS)).widget
    assert [widget.decompress(days) for days in (7, 14, 90)] == [[7, Unit.DAYS], [2, Unit.WEEKS], [90, Unit.DAYS]]


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        ({"notice": "24", "notice_unit": Unit.HOURS}, {"notice": 1440, "ahead": None}),
        ({"notice": "24"}, {"notice": 24, "ahead": None}),
        ({"notice": "0", "ahead": "3", "ahead_unit": Unit.WEEKS}, {"notice": 0, "ahead": 21}),
        ({"notice": "1", "ahead": "", "ahead_unit": Unit.WEEKS}, {"notice": 1, "ahead": None}),
    ],
)
def test_it_is_kept_in_its_smallest_unit(sent: dict[str, object], cleaned: dict[str, int | None]) -> None:
    form = NoticeForm(sent)
    assert (form.is_valid(), form.cleaned_data) == (True, cleaned)


@pytest.mark.parametrize(
    ("sent", "sentences"),
    [
        ({}, ["Enter a number."]),
        ({"notice": "", "notice_unit": Unit.HOURS}, ["Enter a number."]),
        ({"notice": "-1", "notice_unit": Unit.HOURS}, ["Enter a number that is not negative."]),
        ({"notice": "soon"}, ["Enter a whole number."]),
        ({"notice": "1.5"}, ["Enter a whole number."]),
        ({"notice": "1", "notice_unit": "7"}, ["Select a valid choice. 7 is not one of the available choices."]),
    ],
)
def test_what_is_no_duration_is_refused_in_a_sentence(sent: dict[str, object], sentences: list[str]) -> None:
    assert NoticeForm(sent).errors.get("notice") == sentences


def test_the_label_is_that_of_the_number_and_the_unit_has_its_own() -> None:
    bound = NoticeForm()["notice"]
    assert (bound.id_for_label, bound.use_fieldset) == ("id_notice_0", False)
    assert 'id="id_notice_0"' in str(bound)
    assert 'aria-label="Unit"' in str(bound)
