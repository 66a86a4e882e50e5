"""Plain mail to staff about what they must decide."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.contacts.phones import display_phone
from bookings.contacts.written import one_line
from bookings.models import Booking, CoveredDay, Proposal
from bookings.proposals import covered_words
from bookings.readers import as_read_by
from connections.models import CalendarConfiguration
from practice import time_format
from practice.mails.addresses import encode_domain
from practice.models import Practice, User


def send(subject: str, body: str, address: str) -> None:
    """Send one mail to one address; a name in its subject cannot start another header."""
    send_mail(one_line(subject), body, settings.DEFAULT_FROM_EMAIL, [encode_domain(address)])


def ask_staff(proposals: Sequence[Proposal], token: str) -> bool:
    """Mail the staff member what happened on the iPhone, with a link to decide; False without an address.

    Several proposals are decided together: deletions of one day, requests of one series, or bookings of one day that
    one event covers.
    """
    return ask_colleague(proposals[0].booking.staff, proposals, token)


def ask_colleague(addressee: User, proposals: Sequence[Proposal], token: str) -> bool:
    """The same to anybody who may decide for the staff member. Only these read titles of their own events."""
    booking = proposals[0].booking
    if not addressee.work_address:
        return False
    with as_read_by(addressee):
        if day := _covered_day(proposals):
            _ask_about_day(day, proposals, addressee, token)
            return True
        lines = [
            *([_("With %(person)s:") % {"person": _name(booking.staff)}] if addressee != booking.staff else []),
            *(_what(proposal, addressee) for proposal in proposals),
            "",
            _until(proposals, addressee),
            _link("proposals:from_mail", token),
        ]
        send(_subject(proposals, addressee), "\n".join(lines), addressee.work_address)
    return True


def _covered_day(proposals: Sequence[Proposal]) -> CoveredDay | None:
    """The day about which these proposals ask together."""
    return proposals[0].covered_day if len(proposals) > 1 else None


def _ask_about_day(day: CoveredDay, proposals: Sequence[Proposal], addressee: User, token: str) -> None:
    """Ask about several bookings of a day that one event covers, of which only its owner reads the title."""
    lines = [
        covered_words.question(Proposal.Kind(proposals[0].kind), day, len(proposals), addressee),
        *(f"{_to_reader(one.booking, addressee)}: {one.booking}" for one in proposals),
        "",
        _until(proposals, addressee),
        _link("proposals:from_mail", token),
    ]
    send(covered_words.subject(day, len(proposals)), "\n".join(lines), addressee.work_address)


def _until(proposals: Sequence[Proposal], reader: User) -> str:
    """What holds until somebody decides."""
    due = [one.booking.approval_due_at for one in proposals if one.kind == Proposal.Kind.APPROVAL]
    first = min(filter(None, due), default=None)
    if first is None:
        return ngettext("The booking stands until you decide:", "The bookings stand until you decide:", len(proposals))
    words = ngettext(
        "The time is kept until %(time)s. If nobody has decided by then, the request ends:",
        "The times are kept until %(time)s. If nobody has decided by then, the requests end:",
        len(proposals),
    )
    return words % {"time": time_format.day_and_clock_in(_zone_of(reader), first)}


def _subject(proposals: Sequence[Proposal], reader: User) -> str:
    booking, count = proposals[0].booking, len(proposals)
    if count == 1:
        words = {"client": booking.client.name, "time": _to_reader(booking, reader)}
        return _("Please decide: %(client)s, %(time)s") % words
    if proposals[0].kind == Proposal.Kind.APPROVAL:
        return _("Please decide: %(client)s, %(count)s appointments") % {"client": booking.client.name, "count": count}
    text = ngettext(
        "Please decide: %(count)s booking deleted on the iPhone",
        "Please decide: %(count)s bookings deleted on the iPhone",
        count,
    )
    return text % {"count": count}


def _what(proposal: Proposal, reader: User) -> str:
    booking = proposal.booking
    text = _("%(what)s: %(client)s, %(time)s.") % {
        "what": proposal.get_kind_display(),
        "client": booking.client.name,
        "time": _to_reader(booking, reader),
    }
    return " ".join(filter(None, [text, _blocked(proposal, reader), proposal.reason_for(reader)]))


def _blocked(proposal: Proposal, reader: User) -> str:
    """When an event is that overlaps the booking, for those who are not told its title."""
    if proposal.kind != Proposal.Kind.COLLISION or proposal.booking.staff_id == reader.pk:
        return ""
    if proposal.new_start is None or proposal.new_end is None:
        return ""
    return _("Blocked %(when)s.") % {"when": time_format.day_and_clocks((proposal.new_start, proposal.new_end))}


def _name(user: User) -> str:
    return user.get_full_name() or user.get_username()


def warn_unconfirmed(booking: Booking) -> bool:
    """Mail the staff member that a booking is still pending shortly before it starts, with a phone number."""
    if not booking.staff.work_address:
        return False
    with as_read_by(booking.staff):
        values = {"client": booking.client.name, "time": _to_reader(booking, booking.staff)}
        text = _("%(client)s is booked for %(time)s, but your calendar could not be read, so nothing is confirmed.")
        lines = [
            text % values,
            _("Phone: %(phone)s") % {"phone": _phone_of(booking) or _("not given")},
            f"{settings.BASE_URL}{booking.get_absolute_url()}",
        ]
        subject = _("Not confirmed yet: %(client)s, %(time)s") % values
        send(subject, "\n".join(lines), booking.staff.work_address)
    return True


def _phone_of(booking: Booking) -> str:
    return display_phone(booking.seat.number, Practice.current().country)


def _link(name: str, *arguments: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=arguments)}"


def _to_reader(booking: Booking, reader: User) -> str:
    """The start as the reader's clock shows it."""
    return time_format.day_and_clock_in(_zone_of(reader), booking.start)


def _zone_of(staff: User) -> ZoneInfo:
    return CalendarConfiguration.of(staff).zone
