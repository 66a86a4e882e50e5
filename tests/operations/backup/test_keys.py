from __future__ import annotations

import pytest

from operations.backup.errors import BackupRefused
from operations.backup.keys import fingerprints, identity_of, new_backup_key


def test_a_new_key_is_one_and_no_two_are_equal() -> None:
    first, second = new_backup_key(), new_backup_key()
    assert (first == second, first[:16], str(identity_of(f" {first}\n"))) == (False, "AGE-SECRET-KEY-1", first)


def test_without_a_key_it_is_said_how_one_is_made() -> None:
    with pytest.raises(BackupRefused) as caught:
        identity_of(" ")
    assert str(caught.value) == (
        "BACKUP_KEY is not set. Make one with “kalends backup --new-key”, set it, and keep a copy elsewhere."
    )


def test_what_is_no_key_is_not_repeated() -> None:
    with pytest.raises(BackupRefused) as caught:
        identity_of("a-secret-of-something-else")
    assert str(caught.value) == (
        "BACKUP_KEY is not a key. It begins with AGE-SECRET-KEY-1; “kalends backup --new-key” makes one."
    )


def test_fingerprints_are_the_same_each_time_and_differ_by_key() -> None:
    one, other = fingerprints(["one", "other"])
    assert (fingerprints(["one"]), one == other, len(one)) == ([one], False, 32)
