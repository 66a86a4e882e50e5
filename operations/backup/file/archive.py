"""The parts of a backup in one compressed tar, written and read as a stream.

`database` comes first, then `erased.log` and `uploads/…`, and at last `manifest.json` with the hashes of all others,
which are known only once they were copied.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from operations.backup.file.manifest import Part

DATABASE = "database"
ERASED_LOG = "erased.log"
UPLOADS = "uploads"
MANIFEST = "manifest.json"
READ_SIZE = 1 << 20
LEVEL = 6  # of gzip: 9 takes three times as long and saves a hundredth


class Damaged(Exception):
    """What was decrypted is no archive of this kind."""


class Changed(Exception):
    """A file became shorter while it was copied."""


class _Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class _Hashing:
    """A file that hashes what is read from it."""

    def __init__(self, file: _Readable) -> None:
        self._file, self.hash, self.size = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.hash.update(data)
        self.size += len(data)
        return data

    @property
    def part(self) -> Part:
        return Part(self.size, self.hash.hexdigest())


class ArchiveWriter:
    """Adds files one by one; `parts` has their sizes and hashes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.parts: dict[str, Part] = {}

    def add_file(self, name: str, path: Path) -> None:
        """Add a file, as many octets as it has now. Raises Changed if it became shorter, and OSError."""
        with path.open("rb") as file:
            info = self._info(name, path.stat().st_size)
            hashing = _Hashing(file)
            try:
                self._tar.addfile(info, hashing)
            except OSError as error:
                if hashing.size < info.size and error.errno is None:  # tarfile's own "unexpected end of data"
                    raise Changed(name) from error
                raise
        self.parts[name] = hashing.part

    def add_manifest(self, data: bytes) -> None:
        """Add the manifest, the last of the parts."""
        self._tar.addfile(self._info(MANIFEST, len(data)), io.BytesIO(data))

    def _info(self, name: str, size: int) -> tarfile.TarInfo:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        return info


@contextmanager
def archive_into(target: BinaryIO) -> Iterator[ArchiveWriter]:
    """Write an archive into a stream."""
    with (
        gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=LEVEL, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield ArchiveWriter(tar)


def extract(source: BinaryIO, folder: Path) -> tuple[bytes, dict[str, Part]]:
    """Write all parts below an empty folder; the manifest, and what the other parts really are.

    Raises Damaged, and OSError where the folder cannot be written.
    """
    manifest, parts = b"", {}
    try:
        with gzip.GzipFile(fileobj=source, mode="rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            for info in tar:
                file = tar.extractfile(info)
                if file is None or not _is_safe(info.name) or info.name in parts:
                    raise Damaged
                if info.name == MANIFEST:
                    manifest = file.read()
                else:
                    parts[info.name] = _write(file, folder / info.name)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, UnicodeError) as error:
        raise Damaged from error
    return manifest, parts


def _is_safe(name: str) -> bool:
    """Only names that we write: nothing leads out of the folder."""
    path = PurePosixPath(name)
    if name in (DATABASE, ERASED_LOG, MANIFEST):
        return True
    return path.parts[0] == UPLOADS and len(path.parts) > 1 and ".." not in path.parts


def _write(file: _Readable, path: Path) -> Part:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashing = _Hashing(file)
    with path.open("xb") as target:
        while data := hashing.read(READ_SIZE):
            target.write(data)
    return hashing.part
