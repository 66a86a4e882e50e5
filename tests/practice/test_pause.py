from __future__ import annotations

from datetime import timedelta

import pytest

from practice.models import Restore
from practice.pause import asks_about, outgoing_waits, waiting_restore
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def _restore(**values: object) -> Restore:
    return Restore.objects.create(made_at=NOW - timedelta(hours=1), restored_at=NOW, **values)


def test_nothing_waits_in_a_copy_that_was_never_restored() -> None:
    assert (outgoing_waits(), waiting_restore(), asks_about(1)) == (False, None, False)


def test_all_waits_until_the_restore_is_finished() -> None:
    restore = _restore()
    assert (outgoing_waits(), waiting_restore(), asks_about(1)) == (True, restore, True)
    Restore.objects.update(finished_at=NOW)
    assert (outgoing_waits(), waiting_restore(), asks_about(1)) == (False, None, False)


def test_of_an_account_that_could_not_be_read_staff_are_asked_afterwards_too() -> None:
    _restore(finished_at=NOW, unread_connections=[7])
    assert (asks_about(7), asks_about(8), asks_about(None)) == (True, False, False)
