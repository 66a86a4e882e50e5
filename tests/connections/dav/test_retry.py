"""A single 401 is asked about once more."""

from __future__ import annotations

import pytest

from connections.dav import DavError, NotFound, Unauthorized, despite_one_401, despite_one_failure
from connections.dav.errors import TimedOut, Unavailable


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


@pytest.mark.parametrize(
    ("error", "left"),
    [
        (Unauthorized("x"), 0),
        (Unavailable("x"), 0),
        (Unavailable("x", status=500), 0),
        (Unavailable("x", status=503), 1),
        (Unavailable("x", status=429), 1),
        (Unavailable("x", status=500, retry_after=1), 1),
        (TimedOut("x"), 1),
        (NotFound("x"), 1),
    ],
)
def test_who_waits_asks_once_more_after_a_failure_that_may_be_over(error: DavError, left: int) -> None:
    errors = [error, NotFound("second")]

    def attempt() -> None:
        raise errors.pop(0)

    with pytest.raises(DavError):
        despite_one_failure(attempt)
    assert len(errors) == left
