from __future__ import annotations

import io
import os
import random
from pathlib import Path

import pytest
from pyrage import x25519

from operations.backup.errors import BackupRefused
from operations.backup.file.sealing import decrypted_from, encrypted_into

IDENTITY = x25519.Identity.generate()
DAMAGED = "The file is damaged, or no backup of Kalends. Take another one."
CHUNK = (64 << 10) + 16  # of the payload of age, with its tag


def sealed(plain: bytes) -> bytes:
    target = io.BytesIO()
    with encrypted_into(target, IDENTITY) as stream:
        stream.write(plain)
    return target.getvalue()


def opened(text: bytes, identity: x25519.Identity = IDENTITY) -> bytes:
    with decrypted_from(io.BytesIO(text), identity) as stream:
        return stream.read()


def why_not(text: bytes, identity: x25519.Identity = IDENTITY) -> str:
    with pytest.raises(BackupRefused) as caught:
        opened(text, identity)
    return str(caught.value)


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 1_000_000])
def test_what_is_encrypted_is_decrypted(size: int) -> None:
    plain = random.Random(1).randbytes(size)
    assert opened(sealed(plain)) == plain


def test_nothing_of_the_text_can_be_read() -> None:
    assert b"Clara Client" not in sealed(b"Clara Client" * 1000)


def test_another_key_does_not_open_it() -> None:
    assert why_not(sealed(b"x"), x25519.Identity.generate()) == (
        "The backup was made with another BACKUP_KEY. Set the one of that time."
    )


def test_a_bit_that_was_changed_anywhere_is_noticed() -> None:
    text = sealed(b"x" * 200)
    for place in range(len(text)):
        with pytest.raises(BackupRefused):
            opened(text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :])


def test_a_text_that_was_cut_anywhere_is_noticed() -> None:
    text = sealed(b"x" * 200)
    assert {why_not(text[:end]) for end in range(len(text))} == {DAMAGED}


def test_chunks_that_were_left_out_or_swapped_are_noticed() -> None:
    text = sealed(random.Random(1).randbytes(5 * (64 << 10)))
    start = len(text) - 5 * CHUNK
    head, chunks = text[:start], [text[start + i * CHUNK : start + (i + 1) * CHUNK] for i in range(5)]
    assert opened(head + b"".join(chunks)) == random.Random(1).randbytes(5 * (64 << 10))
    wrong = [
        [chunks[1], chunks[0], *chunks[2:]],
        [*chunks[:3], chunks[4], chunks[3]],
        chunks[:4],
        chunks[1:],
        [*chunks[:2], *chunks[3:]],
        [*chunks, chunks[4]],
    ]
    assert {why_not(head + b"".join(one)) for one in wrong} == {DAMAGED}


def test_what_follows_the_text_is_noticed() -> None:
    assert why_not(sealed(b"x") + b"x") == DAMAGED


def test_damage_is_noticed_though_nobody_reads_to_the_end() -> None:
    text = sealed(bytes(1_000_000))[:-1]
    with pytest.raises(BackupRefused, match=DAMAGED), decrypted_from(io.BytesIO(text), IDENTITY) as stream:
        assert stream.read(10) == bytes(10)


def test_a_disk_that_is_full_is_said() -> None:
    def fill() -> None:
        with open("/dev/full", "wb", buffering=0) as full, encrypted_into(full, IDENTITY) as stream:
            for _ in range(100):
                stream.write(bytes(100_000))

    with pytest.raises(BackupRefused) as caught:
        fill()
    assert str(caught.value) == "The backup cannot be written: No space left on device."


def test_what_goes_wrong_while_writing_is_raised_as_it_is() -> None:
    with pytest.raises(KeyError), encrypted_into(io.BytesIO(), IDENTITY) as stream:
        raise KeyError(stream.write(b"x"))


def test_whoever_stops_reading_early_is_told_their_own_reason() -> None:
    text = sealed(bytes(1_000_000))
    with pytest.raises(KeyError), decrypted_from(io.BytesIO(text), IDENTITY):
        raise KeyError


def test_no_file_stays_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    opened(sealed(bytes(1_000_000)))
    assert len(os.listdir("/proc/self/fd")) == before
