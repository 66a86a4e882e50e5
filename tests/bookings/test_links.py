import re
from datetime import timedelta
from typing import Any

import pytest

from bookings import links
from bookings.links import LinkState
from tests.factories import NOW

MONTH = timedelta(days=30)
SECOND = timedelta(seconds=1)
OLD, NEW = "an older key that still verifies", "the key that signs from now on"


def state(token: str, *, generation: int = 1, after_end: timedelta = timedelta(0)) -> LinkState:
    return links.link_state(token, generation, NOW, NOW + after_end)


def test_a_public_id_is_128_random_bits_in_22_characters() -> None:
    made = {links.new_public_id() for _ in range(100)}
    assert {len(one) for one in made} == {links.PUBLIC_ID_LENGTH}
    assert len(made) == 100


def test_a_token_is_safe_in_a_url_and_names_its_public_id() -> None:
    public_id = links.new_public_id()
    token = links.link_token(public_id, 1)
    assert re.fullmatch(r"[A-Za-z0-9_-]{65}", token)
    assert links.public_id_of(token) == public_id


def test_a_link_is_valid_until_30_days_after_the_end() -> None:
    token = links.link_token(links.new_public_id(), 1)
    found = [state(token, after_end=moment) for moment in (-MONTH, MONTH - SECOND, MONTH)]
    assert found == [LinkState.VALID, LinkState.VALID, LinkState.EXPIRED]


def test_a_new_generation_makes_the_former_link_unknown() -> None:
    token = links.link_token(links.new_public_id(), 1)
    assert (state(token, generation=1), state(token, generation=2)) == (LinkState.VALID, LinkState.UNKNOWN)


@pytest.mark.parametrize("text", ["", "x", "é" * 65, "a" * 65, "a" * 22, "\0" * 65, "\ud800" * 65])
def test_what_was_not_signed_is_unknown(text: str) -> None:
    assert state(text) == LinkState.UNKNOWN


def test_a_changed_character_makes_a_link_unknown() -> None:
    token = links.link_token(links.new_public_id(), 1)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert state(token[:place] + other + token[place + 1 :]) == LinkState.UNKNOWN


def test_the_first_key_signs_and_all_of_them_verify(settings: Any) -> None:
    public_id = links.new_public_id()
    settings.FERNET_KEYS = [OLD]
    before = links.link_token(public_id, 1)
    settings.FERNET_KEYS = [NEW, OLD]
    after = links.link_token(public_id, 1)
    assert (before == after, state(before), state(after)) == (False, LinkState.VALID, LinkState.VALID)
    settings.FERNET_KEYS = [NEW]
    assert (state(before), state(after)) == (LinkState.UNKNOWN, LinkState.VALID)


def test_keys_for_different_purposes_differ() -> None:
    assert links.derived_keys("one") != links.derived_keys("another")
