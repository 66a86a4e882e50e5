"""What the practice says about itself, from a shell."""

from __future__ import annotations

from argparse import BooleanOptionalAction
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practice.booking_page.addresses import booking_address
from practice.commands import JsonCommand, Refused, in_one_line
from practice.models import CalendarDetail, Logo, Practice
from practice.profile.countries import country_choices
from practice.profile.logos import read_logo, store_logo
from practice.profile.missing import missing_now
from practice.profile.pictures import MAX_UPLOAD_BYTES, Picture

TEXT_OPTIONS: Final = {
    "name": ("N", gettext_lazy("the name of the practice")),
    "country": ("CC", gettext_lazy("two letters, such as DE")),
    "zone": ("Z", gettext_lazy("an IANA time zone such as Europe/Berlin")),
    "language": ("L", gettext_lazy("the language of clients: de or en")),
    "phone": ("P", gettext_lazy("the phone number that clients can call")),
    "email": ("E", gettext_lazy("the e-mail address of the practice")),
    "address": ("TEXT", gettext_lazy("the postal address")),
    "sender": ("E", gettext_lazy("the sender of e-mails; without one, --email")),
    "colour": ("#RRGGBB", gettext_lazy("the colour of the booking pages")),
    "imprint": ("TEXT", gettext_lazy("the imprint")),
    "privacy": ("TEXT", gettext_lazy("the privacy notice")),
}
FIELDS: Final = {"zone": "time_zone", "privacy": "privacy_notice"}
"""The fields of options that have another name than their field."""
NUMBERS: Final = {
    "max_upcoming": gettext_lazy("how many upcoming bookings a client may have"),
    "retention_months": gettext_lazy("for how many months clients are kept after their last booking"),
}
"""Options with a number, or `none`."""
SWITCHES: Final = {
    "hidden_from_search": gettext_lazy("ask search engines not to list booking pages"),
    "confirm_addresses": gettext_lazy("a booking counts once the e-mail is confirmed"),
    "under_attack": gettext_lazy("browsers of clients prove that they are no robots"),
    "second_factor_required": gettext_lazy("everybody signs in with a second factor"),
    "front_desk_decides": gettext_lazy("the front desk may decide proposals for everybody"),
}
NONE: Final = "none"


class Command(JsonCommand):
    help = gettext_lazy("Set what the practice says about itself. What is given is set, the rest stays.")

    def add_arguments(self, parser: CommandParser) -> None:
        for name, (metavar, words) in TEXT_OPTIONS.items():
            parser.add_argument(f"--{name}", metavar=metavar, help=str(words))
        parser.add_argument("--logo", metavar="FILE", help=_("a PNG, JPEG or WebP file; empty to remove the logo"))
        parser.add_argument(
            "--calendar-limit", choices=CalendarDetail.values, help=_("what linked calendars may show of clients")
        )
        for name, words in NUMBERS.items():
            parser.add_argument(
                _flag(name),
                metavar="N",
                type=_number,
                help=_("%(what)s; none for no number of its own") % {"what": words},
            )
        for name, words in SWITCHES.items():
            parser.add_argument(_flag(name), action=BooleanOptionalAction, help=str(words))

    def run(self, *, logo: str | None, **options: Any) -> dict[str, Any]:
        practice = Practice.current()
        _check_country(options["country"] or "")
        given = {name: value for name, value in options.items() if value is not None}
        _set(practice, given)
        try:
            practice.full_clean(validate_unique=False)
        except ValidationError as error:
            raise Refused(in_one_line(error)) from None
        _save(practice, logo, _read(logo) if logo else None)
        return _as_json(practice)

    def show(self, data: dict[str, Any]) -> None:
        self.stdout.write(_("The practice is configured."))
        if not data["missing"]:
            self.stdout.write(_("Clients can book: %(url)s") % {"url": data["booking_page"]})
            return
        self.stdout.write(_("Clients cannot book yet:"))
        for number, sentence in enumerate(data["missing"], start=1):
            self.stdout.write(f"{number}. {sentence}")


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _number(typed: str) -> int | str:
    """What was typed for an option with a number."""
    return typed if typed == NONE else int(typed)


def _set(practice: Practice, given: dict[str, Any]) -> None:
    """Set what was given; nothing is validated or saved yet. The country comes before the limit that it decides."""
    if "country" in given:
        practice.move_to(_clean("country", given["country"]))
    for name in given.keys() & TEXT_OPTIONS.keys() - {"country"}:
        setattr(practice, FIELDS.get(name, name), _clean(name, given[name]))
    for name in ("calendar_limit", "max_upcoming", *SWITCHES):
        if name in given:
            setattr(practice, name, _value(given[name]))
    if "retention_months" in given:
        practice.keep_clients(_value(given["retention_months"]))


def _value(typed: Any) -> Any:
    return None if typed == NONE else typed


def _check_country(typed: str) -> None:
    """Two letters that no country has would decide wrongly how phone numbers are read and who is asked for consent."""
    code = _clean("country", typed)
    if len(code) == 2 and code not in dict(country_choices()):
        raise Refused(_("country: There is no country “%(code)s”.") % {"code": code})


def _clean(name: str, value: str) -> str:
    return value.strip().upper() if name == "country" else value.strip()


def _read(logo: str) -> Picture:
    try:
        with Path(logo).open("rb") as file:
            return read_logo(file.read(MAX_UPLOAD_BYTES + 1))
    except OSError as error:
        values = {"file": logo, "reason": error.strerror or type(error).__name__}
        raise Refused(_("%(file)s cannot be read: %(reason)s.") % values) from None
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None


@transaction.atomic
def _save(practice: Practice, logo: str | None, picture: Picture | None) -> None:
    practice.save()
    if picture:
        store_logo(practice, picture)
    elif logo is not None:
        Logo.objects.filter(practice=practice).delete()


def _as_json(practice: Practice) -> dict[str, Any]:
    values = {name: getattr(practice, FIELDS.get(name, name)) for name in TEXT_OPTIONS}
    missing = missing_now()
    return {
        **values,
        "sender": practice.sender_address,
        **{name: getattr(practice, name) for name in ("calendar_limit", "max_upcoming", *SWITCHES)},
        "retention_months": practice.months_kept,
        "logo": practice.logo_url,
        "missing": missing,
        "clients_can_book": not missing,
        "booking_page": booking_address(),
    }
