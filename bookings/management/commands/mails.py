"""What clients and staff were and will be mailed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.management.arguments import booking_numbered
from bookings.management.json_shapes import mail_json, reminder_json
from bookings.models import Mail
from bookings.notifications.mails import reminders
from practice.commands import JsonCommand


class Command(JsonCommand):
    help = gettext_lazy("List the e-mails about bookings that were and will be sent.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--booking", type=int)

    def run(self, *, booking: int | None, **options: Any) -> list[dict[str, Any]]:
        rows = Mail.objects.with_details()
        wanted = booking_numbered(booking).pk if booking is not None else None
        if wanted is not None:
            rows = rows.filter(seat__booking=wanted)
        now = timezone.now()
        planned = reminders.upcoming(now, until=now + timedelta(days=settings.BOOKING_HORIZON_DAYS + 1))
        coming = [one for one in planned if wanted in (None, one[0].booking_id)]
        return [mail_json(row) for row in rows] + [reminder_json(seat, due) for seat, due in coming]

    def show(self, data: Any) -> None:
        for row in data:
            booking = _("booking %(id)s") % {"id": row["booking"]}
            self.stdout.write(f"{row['due']}  {row['kind']}  {row['state']}  {booking}  {row['recipient']}".rstrip())
