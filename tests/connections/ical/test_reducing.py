"""What is stored of a foreign event."""

from __future__ import annotations

import pytest

from connections.ical import reduce
from tests.connections.ical.museum import ANNA, MUSEUM, expanded, museum

EXHIBITS = sorted(path.stem for path in MUSEUM.glob("*.ics"))


@pytest.mark.parametrize("name", EXHIBITS)
@pytest.mark.parametrize("titles", [True, False])
def test_what_is_kept_of_a_file_means_the_same(name, titles):
    whole = expanded(museum(name))
    kept = expanded(reduce(museum(name), titles=titles, addresses=ANNA))

    assert [_without_title(instance) for instance in kept.instances] == [
        _without_title(instance) for instance in whole.instances
    ]
    assert (kept.uid, kept.recurring, kept.endless, kept.problem, kept.summary) == (
        whole.uid,
        whole.recurring,
        whole.endless,
        whole.problem,
        whole.summary if titles else "",
    )


def _without_title(instance):
    return (
        instance.start,
        instance.end,
        instance.blocks,
        instance.reason,
        instance.all_day,
        instance.recurrence_id,
        instance.free_marked,
    )


@pytest.mark.parametrize("name", EXHIBITS)
def test_what_is_kept_holds_nothing_that_is_nobodys_business(name):
    kept = reduce(museum(name), titles=False, addresses=ANNA).decode()

    words = ("SUMMARY", "DESCRIPTION", "LOCATION", "CN=", "ORGANIZER", "bert", "ada@", "VALARM", "X-ADDRESS", "URL:")
    assert [word for word in words if word in kept] == []
