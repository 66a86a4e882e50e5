"""A single 401 is asked about once more."""

from __future__ import annotations

import pytest

from connections.dav import DavError, NotFound, Unauthorized, despite_one_401


def attempts(*errors: DavError) -> tuple[list[DavError], type[Exception] | str]:
    """What is left of the errors after the attempts, and how they ended."""
    left = list(errors)

    def attempt() -> str:
        if left:
            raise left.pop(0)
        return "read"

    try:
        return left, despite_one_401(attempt)
    except DavError as error:
        return left, type(error)


@pytest.mark.parametrize(
    ("errors", "end"),
    [
        ((), ([], "read")),
        ((Unauthorized("x"),), ([], "read")),
        ((Unauthorized("x"), Unauthorized("x")), ([], Unauthorized)),
        ((NotFound("x"),), ([], NotFound)),
        ((Unauthorized("x"), NotFound("x")), ([], NotFound)),
    ],
)
def test_only_the_second_401_is_believed(errors: tuple[DavError, ...], end: tuple[list[DavError], object]) -> None:
    assert attempts(*errors) == end


def test_it_is_not_asked_a_third_time() -> None:
    third = Unauthorized("x")
    assert attempts(Unauthorized("x"), Unauthorized("x"), third) == ([third], Unauthorized)
