"""Finding the rows that the arguments of a command name."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bookings.models import Booking, Client, Service
from practice.commands import Refused
from practice.models import User


def booking_numbered(number: int) -> Booking:
    """The booking of that number; Refused if there is none."""
    try:
        return Booking.objects.with_details().get(pk=number)
    except Booking.DoesNotExist:
        raise Refused(_("There is no booking %(id)s.") % {"id": number}) from None


def client_numbered(number: int) -> Client:
    """The client of that number; Refused if there is none."""
    try:
        return Client.objects.get(pk=number)
    except Client.DoesNotExist:
        raise Refused(_("There is no client %(id)s.") % {"id": number}) from None


def service_named(slug: str) -> Service:
    """The service of that slug; Refused if there is none."""
    try:
        return Service.objects.get(slug=slug)
    except Service.DoesNotExist:
        raise Refused(_("There is no service “%(slug)s”.") % {"slug": slug}) from None


def staff_of(service: Service, user: User | None) -> list[User]:
    """The staff members of a service, or the one asked for; Refused if that one does not offer it."""
    able = list(service.staff.filter(is_active=True).order_by("pk"))
    if user is None:
        return able
    if user not in able:
        raise Refused(_("%(staff)s does not offer “%(service)s”.") % {"staff": user, "service": service})
    return [user]
