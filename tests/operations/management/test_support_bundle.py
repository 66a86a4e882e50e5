"""support_bundle: the file it writes, and what it refuses."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.shell import Answer, ask, refusal, shown


def test_the_file_is_a_zip_with_its_readme(db: None, tmp_path: Path) -> None:
    file = tmp_path / "support.zip"
    answer = ask("support_bundle", file)
    assert answer == Answer(0, {"file": str(file), "octets": file.stat().st_size})
    assert "README.txt" in zipfile.ZipFile(file).namelist()


def test_it_says_where_it_is(db: None, tmp_path: Path) -> None:
    file = tmp_path / "support.zip"
    assert shown("support_bundle", file) == f"{file} is written. Its README.txt says what is in it.\n"


def test_a_file_that_exists_or_cannot_be_written_is_refused(db: None, tmp_path: Path) -> None:
    file = tmp_path / "there.zip"
    file.write_text("mine")
    assert ask("support_bundle", file) == refusal(f"{file} exists already. Choose another name, or remove it.")
    nowhere = tmp_path / "nowhere" / "support.zip"
    assert ask("support_bundle", nowhere) == refusal(f"{nowhere} cannot be written: No such file or directory.")
    assert file.read_text() == "mine"
