"""Static files are collected when they changed, and not otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_django import Settings

from operations.serving import static_files


@pytest.fixture
def source(tmp_path: Path, settings: Settings) -> Path:
    """A folder with one style, and an empty folder for what is collected."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "app.css").write_text("p { color: red }")
    settings.DEBUG = False
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "staticfiles"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    return source


def collected(settings: Settings) -> dict[str, str]:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    return dict(json.loads(manifest.read_text())["paths"]) if manifest.exists() else {}


@pytest.mark.processes
def test_what_changed_is_collected_again(source: Path, settings: Settings) -> None:
    static_files.collect_if_changed()
    first = collected(settings)["app.css"]
    (source / "app.css").write_text("p { color: tan }")
    static_files.collect_if_changed()
    assert collected(settings)["app.css"] != first


@pytest.mark.processes
def test_what_did_not_change_is_not_collected_again(source: Path, settings: Settings) -> None:
    static_files.collect_if_changed()
    (Path(settings.STATIC_ROOT) / "staticfiles.json").unlink()
    static_files.collect_if_changed()
    assert collected(settings) == {}


@pytest.mark.processes
def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(source: Path, settings: Settings) -> None:
    Path(settings.STATIC_ROOT).write_text("a file where the folder should be")
    static_files.collect_if_changed()
    assert Path(settings.STATIC_ROOT).read_text() == "a file where the folder should be"


def test_the_digest_depends_on_names_and_contents(source: Path) -> None:
    digests = [static_files.digest()]
    (source / "app.css").rename(source / "new.css")
    digests.append(static_files.digest())
    (source / "new.css").write_text("p { color: tan }")
    digests.append(static_files.digest())
    assert len(set(digests)) == 3
