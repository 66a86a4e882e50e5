"""After a new key was put first in FERNET_KEYS: encrypt all stored passwords and secrets of second factors with it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connections.fields import Unreadable
from connections.models import Connection
from practice.commands import Failed, JsonCommand
from practice.second_factor.encryption import reencrypt_all


class Command(JsonCommand):
    help = "Encrypt all stored passwords and secrets with the first of FERNET_KEYS; then the old keys can be dropped."

    def run(self, **options: Any) -> dict[str, Any]:
        keys = list(Connection.objects.order_by("pk").values_list("pk", flat=True))
        unreadable = [key for key in keys if not reencrypt(key)]
        factors, without_key = reencrypt_all()
        data: dict[str, Any] = {"reencrypted": len(keys) - len(unreadable) + factors, "unreadable": unreadable}
        if without_key:
            data["unreadable_second_factors"] = sorted(set(without_key))
        if unreadable:
            raise Failed(
                _("None of FERNET_KEYS decrypts the password of connections %(ids)s: add the old key, or reconnect.")
                % {"ids": ", ".join(map(str, unreadable))},
                data,
            )
        if without_key:
            words = _("None of FERNET_KEYS decrypts the second factor of %(users)s: add the old key.")
            raise Failed(words % {"users": ", ".join(data["unreadable_second_factors"])}, data)
        return data

    def show(self, data: Any) -> None:
        count = data["reencrypted"]
        self.stdout.write(
            ngettext("%(count)s password re-encrypted.", "%(count)s passwords re-encrypted.", count) % {"count": count}
        )


@transaction.atomic
def reencrypt(connection_id: int) -> bool:
    """Write one password anew, which encrypts it with the first key; False if no key decrypts it.

    The row is held meanwhile, so that a reconnection at the same moment does not get its old password back.
    """
    row = Connection.objects.select_for_update().only("password").get(pk=connection_id)
    if isinstance(row.password, Unreadable):
        return False
    row.save(update_fields=["password"])
    return True
