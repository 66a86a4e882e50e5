"""What became of a mail, in words for staff."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bookings.models import Mail
from bookings.notifications.client_notice import no_address
from practice import time_format


def of_mail(mail: Mail) -> str:
    """When the client was or will be told, or why they were not; "" for a mail that was not needed."""
    if mail.state == Mail.State.DROPPED or mail.is_to_staff:
        return ""
    if mail.state == Mail.State.SENT:
        return _told(mail)
    if mail.state == Mail.State.FAILED:
        return _("the e-mail to %(recipient)s could not be delivered") % {"recipient": mail.recipient}
    if not mail.recipient:
        return no_address(mail.seat.client)
    if mail.next_try_at:
        words = _("the e-mail could not be sent; the next try is at %(time)s")
        return words % {"time": time_format.clock(mail.next_try_at)}
    return _("the client is told at %(time)s") % {"time": time_format.clock(mail.due_at)}


def _told(mail: Mail) -> str:
    if mail.sent_at is None:
        return ""
    words = {"time": time_format.clock(mail.sent_at), "staff": mail.told_by}
    if mail.told_by:
        return _("%(staff)s told the client by phone at %(time)s") % words
    if not mail.recipient:
        return _("the client saw it on the page")
    return _("the client was told at %(time)s") % words
