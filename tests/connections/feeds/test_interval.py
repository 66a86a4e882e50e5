"""How often a feed wants to be asked for."""

from __future__ import annotations

import pytest

from connections.feeds.interval import refresh_seconds

HOUR = 3600


@pytest.mark.parametrize(
    ("properties", "seconds"),
    [
        ({}, HOUR),
        ({"REFRESH-INTERVAL": "PT2H"}, 2 * HOUR),
        ({"X-PUBLISHED-TTL": "PT30M"}, 1800),
        ({"REFRESH-INTERVAL": "PT2H", "X-PUBLISHED-TTL": "PT30M"}, 2 * HOUR),
        ({"REFRESH-INTERVAL": "soon", "X-PUBLISHED-TTL": "PT30M"}, 1800),
        ({"REFRESH-INTERVAL": "P1W"}, 24 * HOUR),
        ({"REFRESH-INTERVAL": "P1D"}, 24 * HOUR),
        ({"REFRESH-INTERVAL": "PT5M"}, 900),
        ({"REFRESH-INTERVAL": "PT0S"}, 900),
        ({"REFRESH-INTERVAL": "-PT5M"}, HOUR),
        ({"REFRESH-INTERVAL": ""}, HOUR),
        ({"REFRESH-INTERVAL": "3600"}, HOUR),
        ({"REFRESH-INTERVAL": "P99999999999D"}, HOUR),
    ],
)
def test_the_interval_is_between_a_quarter_of_an_hour_and_a_day(properties: dict[str, str], seconds: int) -> None:
    assert refresh_seconds(properties) == seconds
