"""Who must be told by phone, because they have no e-mail address or the e-mail failed, and noting that they were."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from bookings.models import Booking, Mail
from bookings.notifications.mails import news
from practice.models import User
from practice.roles import Action, allowed


def to_call(user: User, now: datetime) -> QuerySet[Mail]:
    """The clients to call whose bookings the user handles, the nearest first; reminders from the day before.

    Which day that is, the active zone says.
    """
    tomorrow_ends = _end_of_tomorrow(now)
    is_reminder = Q(kind=Mail.Kind.REMINDER)
    stands = Q(seat__booking__status=Booking.Status.CONFIRMED, start__lt=tomorrow_ends) & ~Q(seat__reminders=False)
    waiting = Mail.objects.to_call(now).filter(~is_reminder | stands)
    return allowed(user, Action.HANDLE_BOOKINGS, waiting, owner="seat__booking__staff")


def note_told(mail: Mail, user: User, now: datetime) -> bool:
    """The client was told by phone; False if somebody has noted that, or newer news replaced it."""
    waiting = Mail.objects.filter(pk=mail.pk, state__in=(Mail.State.DUE, Mail.State.FAILED)).latest_news()
    kind = news.kind_now(mail, news.last_told(mail.seat, before=mail)) or mail.kind
    values = {"kind": mail.kind if mail.kind in Mail.REPEATING_KINDS else kind}
    return bool(
        Mail.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)), state=mail.state).update(
            state=Mail.State.SENT, sent_at=now, told_by=user, **values
        )
    )


def _end_of_tomorrow(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
