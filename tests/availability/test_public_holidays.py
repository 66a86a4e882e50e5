from __future__ import annotations

from datetime import date

from availability.public_holidays import public_holidays, regions


def test_holidays_are_those_of_the_region_in_the_language_of_the_practice() -> None:
    berlin, germany = (public_holidays("DE", region, 2027, "de") for region in ("BE", ""))
    assert {day: name for day, name in berlin.items() if day not in germany} == {date(2027, 3, 8): "Frauentag"}
    assert berlin[date(2027, 5, 17)] == "Pfingstmontag"
    assert public_holidays("DE", "", 2027, "en")[date(2027, 5, 17)] == "Pentecost Monday"
    assert list(berlin) == sorted(berlin)


def test_what_is_not_known_has_no_holidays_or_those_of_the_whole_country() -> None:
    assert public_holidays("XX", "", 2027, "de") == {}
    assert public_holidays("DE", "nowhere", 2027, "de") == public_holidays("DE", "", 2027, "de")


def test_regions_are_named_and_sorted() -> None:
    assert regions("DE")[:4] == [
        ("Augsburg", "Augsburg"),
        ("BW", "Baden-Württemberg"),
        ("BY", "Bayern"),
        ("BE", "Berlin"),
    ]
    assert regions("XX") == []
