"""After a new key was put first in FERNET_KEYS: encrypt everything with it that is stored encrypted."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connections.models import Connection
from practice.commands import Failed, JsonCommand
from practice.models.encrypted import encrypted_rows, reencrypt
from practice.second_factor.encryption import reencrypt_all


class Command(JsonCommand):
    help = gettext_lazy(
        "Encrypt all stored passwords, secrets, notes and answers with the first of FERNET_KEYS; "
        "afterwards the old keys can be dropped."
    )

    def run(self, **options: Any) -> dict[str, Any]:
        data: dict[str, Any] = {"reencrypted": 0, "unreadable": [], "texts": 0, "unreadable_texts": []}
        for model, key in encrypted_rows():
            done, missed = ("reencrypted", "unreadable") if model is Connection else ("texts", "unreadable_texts")
            if reencrypt(model, key):
                data[done] += 1
            else:
                data[missed].append(key if model is Connection else f"{model._meta.label_lower} {key}")
        factors, without_key = reencrypt_all()
        data["reencrypted"] += factors
        if without_key:
            data["unreadable_second_factors"] = sorted(set(without_key))
        if problems := _problems(data):
            raise Failed(" ".join(problems), data)
        return data

    def show(self, data: Any) -> None:
        count = data["reencrypted"]
        self.stdout.write(
            ngettext("%(count)s password re-encrypted.", "%(count)s passwords re-encrypted.", count) % {"count": count}
        )


def _problems(data: dict[str, Any]) -> list[str]:
    """What could not be decrypted, and what to do about it."""
    problems = []
    if data["unreadable"]:
        said = _("None of FERNET_KEYS decrypts the password of connections %(ids)s: add the old key, or reconnect.")
        problems.append(said % {"ids": ", ".join(map(str, data["unreadable"]))})
    if data["unreadable_texts"]:
        said = _("None of FERNET_KEYS decrypts the notes of %(rows)s: add the old key.")
        problems.append(said % {"rows": ", ".join(data["unreadable_texts"])})
    if "unreadable_second_factors" in data:
        said = _("None of FERNET_KEYS decrypts the second factor of %(users)s: add the old key.")
        problems.append(said % {"users": ", ".join(data["unreadable_second_factors"])})
    return problems
