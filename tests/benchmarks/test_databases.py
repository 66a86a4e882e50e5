"""The databases of measurements and of the soak test."""

from __future__ import annotations

from pathlib import Path

from benchmarks.databases import database


def test_without_a_url_everything_lives_in_one_file(tmp_path: Path) -> None:
    with database(tmp_path, "", "test") as url:
        assert url == f"sqlite:///{tmp_path}/kalends.sqlite3"
