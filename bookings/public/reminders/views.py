"""Stop the reminders of an appointment. The link shows a button; mail programs post without showing it (RFC 8058)."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.notifications.mails import unsubscribe
from bookings.public.page import PublicRequest, message, private, public_page, show


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def stop(request: PublicRequest, token: str) -> HttpResponse:
    """A GET changes nothing."""
    seat = unsubscribe.seat_of(token)
    if seat is None:
        return private(message(request, _("Page not found"), _("This link is not valid."), status=404))
    if request.method != "POST":
        return private(show(request, "public/reminders/stop.html", {}))
    unsubscribe.stop(seat)
    title = _("You will get no more reminders")
    return private(message(request, title, _("Your appointment stays as it is."), status=200))
