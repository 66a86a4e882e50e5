"""E-mail addresses as clients type them: which were probably meant."""

from __future__ import annotations

import pytest

from bookings.public.details.addresses import likely_address


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("clara@gmial.com", "clara@gmail.com"),
        ("clara@iclud.com", "clara@icloud.com"),
        ("clara@gmx.dee", "clara@gmx.de"),
        ("clara@gmail.com", ""),
        ("clara@ymail.com", ""),
        ("clara@mail.com", ""),
        ("clara@hotmail.co.uk", ""),
        ("clara@praxis-winter.example", ""),
        ("clara", ""),
    ],
)
def test_only_a_mistyped_domain_is_asked_about(typed: str, meant: str) -> None:
    assert likely_address(typed) == meant
