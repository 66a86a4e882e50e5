"""Make a service."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Service
from bookings.models.services.service import MAX_WEIGHT
from practice.commands import JsonCommand, Refused, in_one_line, user_named
from practice.models import User


class Command(JsonCommand):
    help = gettext_lazy("Make a service that can be booked with the given staff.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--minutes", type=int, required=True)
        parser.add_argument(
            "--user", action="extend", nargs="+", required=True, help=_("staff who offer it; may be repeated")
        )
        parser.add_argument("--slot-minutes", type=int, help=_("a start every so many minutes"))
        parser.add_argument("--buffer-before", type=int, default=0, help=_("minutes kept free before"))
        parser.add_argument("--buffer-after", type=int, default=0, help=_("minutes kept free after"))
        parser.add_argument("--notice", type=int, help=_("minimum notice in minutes"))
        parser.add_argument("--public", action="store_true", help=_("show it to clients on the booking page"))
        parser.add_argument("--other-minutes", type=int, nargs="+", default=[], help=_("further durations to choose"))
        parser.add_argument("--horizon", type=int, help=_("days ahead it can be booked"))
        parser.add_argument(
            "--approval-hours", type=int, help=_("staff approve what clients book, within so many hours")
        )
        parser.add_argument("--max-per-day", type=int, help=_("bookings a day with one person at most"))
        parser.add_argument("--max-per-week", type=int, help=_("bookings a week with one person at most"))
        parser.add_argument(
            "--series", type=int, metavar="N", help=_("clients can book series of at most N appointments")
        )
        _add_first_available(parser)

    def run(self, *, slug: str, name: str, minutes: int, user: list[str], **options: Any) -> dict[str, Any]:
        staff = [user_named(one) for one in user]
        weights = dict(_weight(text, staff) for text in options["weight"])
        if Service.objects.filter(slug=slug).exists():
            raise Refused(
                _("There is already a service with the address “%(slug)s”; choose another --slug.") % {"slug": slug}
            )
        service = Service(slug=slug, name=name, minutes=minutes, other_minutes=options["other_minutes"])
        if options["public"]:
            service.visibility = Service.Visibility.PUBLIC
        service.previous_person_first = options["previous_person_first"]
        service.series_allowed = options["series"] is not None
        service.buffer_before_minutes = options["buffer_before"]
        service.buffer_after_minutes = options["buffer_after"]
        for field, option in (
            ("slot_minutes", "slot_minutes"),
            ("notice_minutes", "notice"),
            ("horizon_days", "horizon"),
            ("max_per_day", "max_per_day"),
            ("max_per_week", "max_per_week"),
            ("approval_hours", "approval_hours"),
            ("max_in_series", "series"),
        ):
            if options[option] is not None:
                setattr(service, field, options[option])
        try:
            service.full_clean()
        except ValidationError as error:
            raise Refused(in_one_line(error)) from None
        with transaction.atomic():
            service.save()
            service.staff.set(staff)
            service.weigh(weights)
        return {"service": service.slug, "name": service.name, "minutes": service.minutes, "staff": user}

    def show(self, data: Any) -> None:
        self.stdout.write(_("“%(name)s” can be booked, %(minutes)s minutes each.") % data)


def _add_first_available(parser: CommandParser) -> None:
    parser.add_argument(
        "--weight",
        action="extend",
        nargs="+",
        default=[],
        metavar="USER=N",
        help=_("with “First available” gets N times the minutes of somebody with weight 1; may be repeated"),
    )
    parser.add_argument(
        "--previous-person-first",
        action="store_true",
        help=_("with “First available” a known client gets the person they had last, if free"),
    )


def _weight(text: str, staff: list[User]) -> tuple[int, int]:
    """The key of one of the staff and the weight, as USER=N says it."""
    name, _sign, number = text.rpartition("=")
    user = next((one for one in staff if one.get_username() == name), None)
    if user is None or number not in map(str, range(1, MAX_WEIGHT + 1)):
        words = {"text": text, "most": MAX_WEIGHT}
        raise Refused(
            _("“%(text)s” is no weight. Write USER=N, with one of the --user and a number from 1 to %(most)s.") % words
        )
    return user.pk, int(number)
