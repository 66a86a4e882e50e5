"""Time zone names as people may choose them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from practice.zones import validate_zone, zone_choices


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"])
def test_a_zone_of_iana_is_valid(name: str) -> None:
    validate_zone(name)
    assert name in dict(zone_choices())


@pytest.mark.parametrize("name", ["Berlin", "", "../etc/passwd", "/etc/localtime", "Europe/Berlin\n", "Europe"])
def test_what_is_no_zone_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_zone(name)
    assert refused.value.messages == [f"“{name}” is not a time zone. Give one like Europe/Berlin."]


def test_zones_that_nobody_knows_by_name_are_not_offered() -> None:
    offered = dict(zone_choices())
    assert (offered["America/New_York"], "Etc/GMT+5" in offered, "EST5EDT" in offered) == (
        "America/New York", False, False,
    )  # fmt: skip
