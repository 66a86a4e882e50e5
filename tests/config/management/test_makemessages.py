"""What clients read is translated, completely, and the compiled file is what the translations say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from config.management.commands.makemessages import is_for_clients

ROOT = Path(__file__).resolve().parents[3]
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\([a-z_]+\)s|%d")
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
        ("./practice/team/mail.py", True),
        ("./templates/bookings/team/invitation.html", True),
        ("./bookings/notifications/outages.py", False),
        ("./bookings/pages/week/views.py", False),
        ("./templates/base.html", False),
    ],
)
def test_only_what_clients_read_is_collected(path: str, answer: bool) -> None:
    assert is_for_clients(path) is answer


def test_there_is_german() -> None:
    assert [path.parts[-3] for path in CATALOGUES] == ["de"]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_compiled_file_is_what_the_translations_say(path: Path) -> None:
    assert words(polib.mofile(str(path.with_suffix(".mo")))) == words(polib.pofile(str(path)))


@pytest.mark.processes
@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_word_for_clients_is_translated(path: Path, tmp_path: Path) -> None:
    wanted = collected(tmp_path)
    translated = words(polib.pofile(str(path)))
    assert sorted(translated) == sorted(wanted)
    assert [key for key, forms in translated.items() if not all(forms)] == []
    assert [entry.msgid for entry in polib.pofile(str(path)) if entry.fuzzy] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_translation_uses_the_same_placeholders(path: Path) -> None:
    for (_context, english), forms in words(polib.pofile(str(path))).items():
        assert [sorted(PLACEHOLDER.findall(form)) for form in forms] == [sorted(PLACEHOLDER.findall(english))] * len(
            forms
        )


def collected(folder: Path) -> list[tuple[str, str]]:
    """The words in the files for clients now, by running the command on a copy of them."""
    for file in [*ROOT.glob("*/**/*.py"), *ROOT.glob("templates/**/*.html")]:
        name = file.relative_to(ROOT)
        if is_for_clients(name.as_posix()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / name)
    (folder / "locale").mkdir()
    subprocess.run(
        [sys.executable, "-c", COLLECT, str(folder / "locale")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=True,
    )
    return list(words(polib.pofile(str(folder / "locale" / "xx" / "LC_MESSAGES" / "django.po"))))
