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
from practice.models import Logo, Practice
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
SWITCHES: Final = ("hidden_from_search", "confirm_addresses")


class Command(JsonCommand):
    help = gettext_lazy("Set what the practice says about itself. What is given is set, the rest stays.")

    def add_arguments(self, parser: CommandParser) -> None:
        for name, (metavar, words) in TEXT_OPTIONS.items():
            parser.add_argument(f"--{name}", metavar=metavar, help=str(words))
        parser.add_argument("--logo", metavar="FILE", help=_("a PNG, JPEG or WebP file; empty to remove the logo"))
        parser.add_argument(
            "--hidden-from-search", action=BooleanOptionalAction, help=_("ask search engines not to list booking pages")
        )
        parser.add_argument(
            "--confirm-addresses", action=BooleanOptionalAction, help=_("a booking counts once the e-mail is confirmed")
        )

    def run(self, *, logo: str | None, **options: Any) -> dict[str, Any]:
        practice = Practice.current()
        _check_country(options["country"] or "")
        for name in TEXT_OPTIONS:
            if name == "country" and options[name] is not None:
                practice.move_to(_clean(name, options[name]))
            elif options[name] is not None:
                setattr(practice, FIELDS.get(name, name), _clean(name, options[name]))
        for name in SWITCHES:
            if options[name] is not None:
                setattr(practice, name, options[name])
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
        **{name: getattr(practice, name) for name in SWITCHES},
        "logo": practice.logo_url,
        "missing": missing,
        "clients_can_book": not missing,
        "booking_page": booking_address(),
    }
