"""Who must be told by phone, because they have no e-mail address or the e-mail failed, and noting that they were."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from bookings.models import Booking, Mail
from bookings.notifications.mails import news, wording
from bookings.notifications.mails.wording import News
from practice.models import User
from practice.roles import Action, allowed


def to_call(user: User, now: datetime) -> QuerySet[Mail]:
    """The clients to call whose bookings the user handles, the nearest first; reminders from the day before.

    Which day that is, the active zone says. Of what is told together only the nearest appointment is listed.
    """
    tomorrow_ends = _end_of_tomorrow(now)
    is_reminder = Q(kind=Mail.Kind.REMINDER)
    stands = Q(seat__booking__status=Booking.Status.CONFIRMED, start__lt=tomorrow_ends) & ~Q(seat__reminders=False)
    waiting = Mail.objects.to_call(now).filter(~is_reminder | stands)
    mine = allowed(user, Action.HANDLE_BOOKINGS, waiting, owner="seat__booking__staff")
    same = mine.order_by().filter(batch=OuterRef("batch"), kind=OuterRef("kind"), state=OuterRef("state"))
    nearer = Q(start__lt=OuterRef("start")) | Q(start=OuterRef("start"), pk__lt=OuterRef("pk"))
    return mine.exclude(~Q(batch=""), Exists(same.filter(nearer, kind__in=list(wording.SEVERAL))))


def sentence_of(mail: Mail, user: User, now: datetime) -> str:
    """What the user says to the client, of all that is told together with this."""
    told = told_with(mail, user, now)
    return wording.sentence_to_say([News(one, news.last_told(one.seat, before=one)) for one in told])


def told_with(mail: Mail, user: User, now: datetime) -> list[Mail]:
    """What is told in the same call: what else of its batch is news of the same kind and has not been told either."""
    if not mail.batch or mail.kind not in wording.SEVERAL:
        return [mail]
    same = Mail.objects.to_call(now).filter(batch=mail.batch, kind=mail.kind, state=mail.state)
    return list(allowed(user, Action.HANDLE_BOOKINGS, same, owner="seat__booking__staff"))


def note_told(mail: Mail, user: User, now: datetime) -> bool:
    """The client was told by phone, with this of all that is told together with it.

    False if somebody has noted that, or newer news replaced it.
    """
    with transaction.atomic():
        others = [one for one in told_with(mail, user, now) if one != mail]
        is_noted = _note(mail, user, now)
        for one in others if is_noted else ():
            _note(one, user, now)
    return is_noted


def _note(mail: Mail, user: User, now: datetime) -> bool:
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
