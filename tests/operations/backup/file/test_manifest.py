from __future__ import annotations

from datetime import UTC, datetime

import pytest

from operations.backup.file.manifest import DatabaseFacts, Manifest, Part, format_of, read_manifest

MANIFEST = Manifest(
    version="0.2.0",
    made_at=datetime(2026, 12, 1, 9, 30, tzinfo=UTC),
    database=DatabaseFacts("sqlite", 0, "", ["bookings.0001_initial"], {"bookings_booking": 3}),
    fernet_keys=["00ff"],
    parts={"database": Part(10, "ab"), "uploads/ä.png": Part(0, "cd")},
)


def test_a_manifest_is_read_as_it_was_written() -> None:
    assert (read_manifest(MANIFEST.to_json()), format_of(MANIFEST.to_json())) == (MANIFEST, 1)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": "x"}', b"\xff"])
def test_what_is_no_manifest_has_no_format(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        format_of(data)


@pytest.mark.parametrize("data", [b"{}", b"[]", b'{"format": 1, "version": "1"}'])
def test_what_is_no_manifest_is_not_read(data: bytes) -> None:
    with pytest.raises(ValueError, match="no manifest"):
        read_manifest(data)
