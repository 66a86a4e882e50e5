"""What people read is translated, completely, and the compiled file is what the translations say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from config.management.commands.makemessages import FOLDERS, is_for_people

ROOT = Path(__file__).resolve().parents[3]
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%(?:\([a-z_]+\))?[.0-9]*[a-z]")
COLLECT = """
import sys
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
settings.LOCALE_PATHS = sys.argv[1:]
call_command("makemessages", locale=["xx"], verbosity=0)
"""
Words = dict[tuple[str, str], tuple[str, ...]]


def words(catalogue: list[polib.POEntry]) -> Words:
    """The translations, with all their plural forms, by context and English words."""
    return {
        (entry.msgctxt or "", entry.msgid): tuple(entry.msgstr_plural.values()) or (entry.msgstr,)
        for entry in catalogue
        if not entry.obsolete
    }


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("./bookings/notifications/client_mails.py", True),
        ("./bookings/public/pages/views.py", True),
        ("./templates/mail/base.html", True),
        ("./templates/public/_day.html", True),
        ("./practice/time_format.py", True),
        ("./bookings/pages/week/views.py", True),
        ("./config/checks.py", True),
        ("./templates/base.html", True),
        ("./templates/mfa/messages/totp_activated.txt", True),
        ("./templates/sandbox/demo.html", False),
        ("./sandbox/demo/views.py", False),
        ("./tests/factories.py", False),
        ("./manage.py", False),
    ],
)
def test_only_what_people_read_is_collected(path: str, answer: bool) -> None:
    assert is_for_people(path) is answer


def test_there_is_german() -> None:
    assert [path.parts[-3] for path in CATALOGUES] == ["de"]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_compiled_file_is_what_the_translations_say(path: Path) -> None:
    translated = [entry for entry in polib.pofile(str(path)) if entry.translated()]
    assert words(polib.mofile(str(path.with_suffix(".mo")))) == words(translated)


@pytest.mark.processes
@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_word_is_collected_and_translated(path: Path, tmp_path: Path) -> None:
    catalogue = polib.pofile(str(path))
    assert sorted(words(catalogue)) == sorted(collected(tmp_path))
    done = list(catalogue)
    assert [key for key, forms in words(done).items() if not all(forms)] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_translation_uses_the_same_placeholders(path: Path) -> None:
    for english, german in (pair for entry in polib.pofile(str(path)) for pair in pairs(entry)):
        assert (english, sorted(PLACEHOLDER.findall(german))) == (english, sorted(PLACEHOLDER.findall(english)))


def pairs(entry: polib.POEntry) -> list[tuple[str, str]]:
    """What is said and its translation, for each form of a plural."""
    if not entry.translated():
        return []
    english = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
    return list(zip(english, entry.msgstr_plural.values() or [entry.msgstr], strict=True))


def collected(folder: Path) -> list[tuple[str, str]]:
    """The words in the files for people now, by running the command on a copy of them."""
    found = [file for name in FOLDERS for kind in ("py", "html", "txt") for file in (ROOT / name).rglob(f"*.{kind}")]
    for file in found:
        name = file.relative_to(ROOT)
        if is_for_people(name.as_posix()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / name)
    (folder / "locale").mkdir()
    subprocess.run(
        [sys.executable, "-P", "-c", COLLECT, str(folder / "locale")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=True,
    )
    return list(words(polib.pofile(str(folder / "locale" / "xx" / "LC_MESSAGES" / "django.po"))))
