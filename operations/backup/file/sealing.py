"""Encrypting and decrypting a stream in the format of age: X25519, and chunks of ChaCha20-Poly1305.

The library pulls from one file and pushes into another, so it works in a thread at the other end of a pipe; neither the
plain nor the encrypted text is ever whole in memory. A chunk that was changed, moved or left out does not decrypt
(age-encryption.org/v1, "Payload").
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import BinaryIO

from django.utils.translation import gettext as _
from pyrage import DecryptError, EncryptError, decrypt_io, encrypt_io, x25519

from operations.backup.errors import BackupRefused, reason_of

_OTHER_KEY = "No matching keys found"  # of the library


class _Noting:
    """A file that remembers its error, of which the library passes on no more than the words."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            self.error = error
            raise

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()


class _AtOtherEnd(Thread):
    """Runs `work` with one end of a pipe and closes it; `error` is what it raised, for the thread that waits."""

    def __init__(self, end: BinaryIO, work: Callable[[BinaryIO], None]) -> None:
        super().__init__(daemon=True)
        self._end, self._work = end, work
        self.error: BackupRefused | None = None

    def run(self) -> None:
        try:
            with self._end:
                self._work(self._end)
        except BackupRefused as error:
            self.error = error
        except BrokenPipeError:
            pass  # nobody reads any more, who knows why


@contextmanager
def encrypted_into(target: BinaryIO, identity: x25519.Identity) -> Iterator[BinaryIO]:
    """A file to write to; what is written arrives in `target` encrypted. Raises BackupRefused if it cannot."""
    recipient = identity.to_public()

    def work(source: BinaryIO) -> None:
        noting = _Noting(target)
        try:
            encrypt_io(source, noting, [recipient])
        except (EncryptError, OSError) as error:
            if noting.error is None:
                raise BackupRefused(_("The backup cannot be encrypted: %(reason)s.") % {"reason": error}) from error
            raise BackupRefused(
                _("The backup cannot be written: %(reason)s.") % {"reason": reason_of(noting.error)}
            ) from noting.error

    reading, writing = _pipe()
    thread = _AtOtherEnd(reading, work)
    yield from _piped(thread, writing)


@contextmanager
def decrypted_from(source: BinaryIO, identity: x25519.Identity) -> Iterator[BinaryIO]:
    """A file to read what `source` has encrypted, up to the end. Raises BackupRefused for another key or any damage."""

    def work(target: BinaryIO) -> None:
        noting, pipe = _Noting(source), _Noting(target)
        try:
            decrypt_io(noting, pipe, [identity])
        except (DecryptError, OSError) as error:
            if pipe.error is not None:
                raise pipe.error from None
            raise BackupRefused(_why_not(error, noting.error)) from error

    reading, writing = _pipe()
    thread = _AtOtherEnd(writing, work)
    yield from _piped(thread, reading)


def _why_not(error: Exception, unread: OSError | None) -> str:
    if unread is not None:
        return _("The backup cannot be read: %(reason)s.") % {"reason": reason_of(unread)}
    if _OTHER_KEY in str(error):
        return _("The backup was made with another BACKUP_KEY. Set the one of that time.")
    return _("The file is damaged, or no backup of Kalends. Take another one.")


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb", buffering=1 << 16)


def _piped(thread: _AtOtherEnd, end: BinaryIO) -> Iterator[BinaryIO]:
    """Yield our end of the pipe, then wait for the thread; what went wrong there is raised, not what followed here."""
    thread.start()
    try:
        yield end
        if end.readable():
            while end.read(1 << 16):  # what follows must be sound too
                pass
    finally:
        with suppress(BrokenPipeError):  # the thread has ended and says why
            end.close()
        thread.join()
        if thread.error:
            raise thread.error
