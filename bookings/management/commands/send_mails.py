"""Send the e-mails to clients that are due, as the workers do every minute."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions
from bookings.notifications.mails import asked_links, delivery, reminders
from practice.commands import JsonCommand


class Command(JsonCommand):
    help = gettext_lazy("Send the e-mails to clients that are due, reminders and the links they asked for included.")

    def run(self, **options: Any) -> dict[str, int]:
        now = timezone.now()
        actions.release_expired(now)  # nobody is asked to confirm an address whose time is over
        reminders.write_due(now)
        delivered = delivery.send_due(now)
        delivered.sent += asked_links.answer_due(now)
        return asdict(delivered)

    def show(self, data: Any) -> None:
        self.stdout.write(_("%(sent)s sent, %(retried)s to be tried again, %(failed)s failed.") % data)
