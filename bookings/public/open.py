"""May clients book just now? If not, what they read instead."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bookings.models import Service
from bookings.public.page import MINUTES, Page, PublicRequest, asked, message
from practice.models.restore import outgoing_waits
from practice.profile.mailing import sends_mail
from practice.profile.missing import missing_for_clients

P = ParamSpec("P")
ServicePage = Callable[Concatenate[PublicRequest, Service, P], HttpResponse]


def unless_restored(view: Page[P]) -> Page[P]:
    """Answer with a sentence and 503 while this copy does not know what was booked after the backup it was made of."""

    @wraps(view)
    def wrapped(request: PublicRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if outgoing_waits():
            return _closed(request, _("Our calendar is being restored"))
        return view(request, *args, **kwargs)

    return wrapped


def when_open(view: Page[P]) -> Page[P]:
    """Answer with a sentence and 503 until the practice has said all that clients need, and after a restore."""

    @unless_restored
    @wraps(view)
    def wrapped(request: PublicRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if missing_for_clients(request.practice, mail_is_sent=sends_mail()):
            return _closed(request, _("Online booking is not open yet"))
        return view(request, *args, **kwargs)

    return wrapped


def _closed(request: PublicRequest, why: str) -> HttpResponse:
    return message(request, why, _("Please come back later, or get in touch with us directly."), status=503)


def with_service(view: ServicePage[P]) -> Page[...]:
    """Give the view the service with this address, as long as was chosen; 404 for one that is off or never was."""

    @wraps(view)
    def wrapped(request: PublicRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        service = Service.objects.for_clients().filter(slug=slug).first()
        return view(request, _as_chosen(request, service), *args, **kwargs) if service else not_found(request)

    return wrapped


def _as_chosen(request: PublicRequest, service: Service) -> Service:
    """The service with the duration that was chosen, if it has that."""
    minutes = asked(request, MINUTES)
    known = {str(one): one for one in service.durations}
    return service.lasting(known[minutes]) if minutes in known else service


def not_found(request: PublicRequest) -> HttpResponse:
    return message(
        request,
        _("This page does not exist"),
        _("The address may be mistyped, or this can no longer be booked online."),
        status=404,
    )
