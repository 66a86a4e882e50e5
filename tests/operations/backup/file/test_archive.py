from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from operations.backup.file.archive import Changed, Damaged, archive_into, extract
from operations.backup.file.manifest import Part


def packed(*names: str) -> io.BytesIO:
    """An archive with files of these names, each of which has its name in it."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb") as file, tarfile.open(fileobj=file, mode="w|") as tar:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(name)
            tar.addfile(info, io.BytesIO(name.encode()))
    stream.seek(0)
    return stream


def test_what_is_added_is_extracted_with_the_same_hashes(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"rows" * 100_000)
    (tmp_path / "empty").write_bytes(b"")
    long = "uploads/" + "ä" * 120 + "/x.png"
    stream = io.BytesIO()
    with archive_into(stream) as writer:
        writer.add_file("database", tmp_path / "in")
        writer.add_file(long, tmp_path / "empty")
        writer.add_manifest(b"{}")
    stream.seek(0)
    manifest, parts = extract(stream, tmp_path / "out")
    hashed = hashlib.sha256(b"rows" * 100_000).hexdigest()
    assert (manifest, parts) == (b"{}", writer.parts)
    assert parts["database"] == Part(400_000, hashed)
    assert ((tmp_path / "out" / "database").read_bytes(), (tmp_path / "out" / long).read_bytes()) == (
        b"rows" * 100_000,
        b"",
    )


@pytest.mark.parametrize("name", ["../out.txt", "/etc/x", "uploads/../../x", "uploads", "other", "uploads/../database"])
def test_no_file_is_written_elsewhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(Damaged):
        extract(packed(name), folder)
    assert list(tmp_path.rglob("*")) == [folder]


def test_a_part_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        extract(packed("database", "database"), tmp_path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb") as file, tarfile.open(fileobj=file, mode="w|") as tar:
        info = tarfile.TarInfo("uploads/x")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
    stream.seek(0)
    with pytest.raises(Damaged):
        extract(stream, tmp_path)


@pytest.mark.parametrize(
    "text", [b"", b"no gzip at all", gzip.compress(b"no tar at all" * 100)], ids=["empty", "no gzip", "no tar"]
)
def test_what_is_no_archive_is_damaged(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(Damaged):
        extract(io.BytesIO(text), tmp_path)


def test_an_archive_that_ends_too_early_is_damaged(tmp_path: Path) -> None:
    whole = packed("database", "erased.log", "manifest.json").getvalue()
    with pytest.raises(Damaged):
        extract(io.BytesIO(whole[: len(whole) // 2]), tmp_path)


def test_a_file_that_becomes_shorter_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"x")

    class Shrinking(type(tmp_path)):  # type: ignore[misc]
        def stat(self, **how: bool) -> object:
            return type("Stat", (), {"st_size": 5})()

    with pytest.raises(Changed), archive_into(io.BytesIO()) as writer:
        writer.add_file("database", Shrinking(tmp_path / "short"))
