"""One account of a staff member at a calendar provider."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from connections import dav, leases, providers
from connections.dav.urls import host_of
from connections.private_hosts import private_hosts
from connections.problems import Problem
from practice.models.encrypted import EncryptedText

LIMITS_HOLD = timedelta(days=7)


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def due(self, now: datetime) -> ConnectionQuerySet:
        """Those whose next sync has come, that need nobody, may be asked and that nobody is syncing.

        Calendars of somebody who was deactivated are polled only while something of theirs waits to be pushed.
        """
        wanted = Q(user__is_active=True) | Q(user__in=import_string(settings.DEACTIVATED_WITH_PUSHES)())
        return self.filter(leases.free(now, "lease_until"), wanted, next_sync_at__lte=now).askable(now)

    def askable(
        self, now: datetime, *, by_person: bool = False, ignore_retry_after: bool = False
    ) -> ConnectionQuerySet:
        """Those that may be asked at `now`: exactly those of which `why_not_asked` is None.

        What needs a person is asked only `by_person`. A server that asked to wait is left alone so long, unless
        `ignore_retry_after`.
        """
        well = self if by_person else self.filter(needs_attention=False)
        return well if ignore_retry_after else well.filter(Q(not_before=None) | Q(not_before__lte=now))

    def uninterrupted(self) -> ConnectionQuerySet:
        """Of those that nobody is syncing: exactly those of which `was_interrupted` is False."""
        return self.filter(interruptions=0, lease_until=None)

    def feeds(self) -> ConnectionQuerySet:
        """Those that are files at web addresses."""
        return self.filter(provider=providers.ICS)

    def two_way(self) -> ConnectionQuerySet:
        """Those of whose calendars some can be written to: an event of ours can stand in them."""
        return self.exclude(provider=providers.ICS)

    def note_asked(self, now: datetime, *, full: bool) -> bool:
        """Note that a person asked for a sync; False if one that is at least as thorough is already queued.

        A queue that lost it is not waited for longer than a lease lasts.
        """
        queued = Q(sync_asked_at__gt=now - lease_length()) & (Q(full_sync_asked=True) if full else Q())
        return bool(self.exclude(queued).update(sync_asked_at=now, full_sync_asked=full))

    def forget_asked(self) -> None:
        """The sync that was asked for begins: who asks from now on wants another."""
        self.update(sync_asked_at=None, full_sync_asked=False)

    def leave_to_queue(self, now: datetime) -> None:
        """A task for each of these is in the queue: polls leave them alone, unless the queue seems to have lost it.

        Otherwise every poll would add another task for whoever has much to read, and the others would wait for them.
        """
        self.filter(leases.free(now, "lease_until")).update(next_sync_at=now + lease_length())

    def lease(self, now: datetime) -> tuple[str, int]:
        """Lease from `now` on those that nobody is syncing: the token of them all, and how many there are.

        Until the lease is given back they come due again when it ends, so that a killed process leaves nothing behind.
        A lease that has ended without being given back is counted: its holder was killed.
        """
        token, until = uuid.uuid4().hex, now + lease_length()
        values = {"lease_token": token, "poll_started_at": now, "next_sync_at": until, **_interruption()}
        rows = Connection.objects.filter(pk__in=self.values("pk"))
        return token, leases.take(rows, now, until=until, column="lease_until", **values)

    def leased_as(self, token: str, now: datetime) -> ConnectionQuerySet:
        """Those that still have the lease that was taken with this token at `now`."""
        return self.filter(lease_until=now + lease_length(), lease_token=token)

    def revoke_lease(self) -> None:
        """End whatever sync is under way: it will not be able to write any more."""
        leases.release(self, column="lease_until", lease_token="")


class Connection(models.Model):
    """One staff member's account at a calendar provider."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="connections", verbose_name=_("staff member")
    )
    provider = models.CharField(_("provider"), max_length=16, choices=providers.choices, default=providers.ICLOUD)
    url = models.URLField(_("start address"), max_length=300)
    username = models.CharField(_("user name"), max_length=254)
    password = EncryptedText(editable=False)
    principal_path = models.CharField(max_length=500, blank=True, editable=False)
    home_path = models.CharField(max_length=500, blank=True, editable=False)
    origin = models.CharField(_("host that answered"), max_length=300, blank=True, editable=False)
    addresses = models.JSONField(default=list, editable=False)
    # Of the answer that the calendars' rows follow: the same answer again says that nothing has changed.
    listing_digest = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("connected"), auto_now_add=True)

    needs_attention = models.BooleanField(_("needs attention"), default=False)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_params = models.JSONField(default=dict, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    notified_error_code = models.CharField(_("error that was mailed"), max_length=40, blank=True, editable=False)
    outage_mail_claimed_until = models.DateTimeField(null=True, blank=True, editable=False)

    next_sync_at = models.DateTimeField(_("next sync"), null=True, blank=True, db_index=True)
    not_before = models.DateTimeField(_("asked to wait until"), null=True, blank=True)
    poll_started_at = models.DateTimeField(_("last poll started"), null=True, blank=True)
    polled_at = models.DateTimeField(_("last good poll"), null=True, blank=True)
    polls = models.PositiveBigIntegerField(_("polls"), default=0)
    requests = models.PositiveBigIntegerField(_("requests"), default=0)
    sync_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    full_sync_asked = models.BooleanField(default=False, editable=False)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    took_over = models.BooleanField(default=False, editable=False)  # from a sync that never gave its lease back
    interruptions = models.PositiveIntegerField(_("interrupted syncs in a row"), default=0)
    # What the account answers, where it has refused more: how many events at once, and how many requests at once.
    max_batch = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    max_lines = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # Of a calendar by web address: the ETag and Last-Modified of the file that is known, and how often it wants to be
    # asked for. The address itself is a secret, so it is stored as the password.
    feed_validators = models.JSONField(default=dict, editable=False)
    refresh_seconds = models.PositiveIntegerField(null=True, blank=True, editable=False)
    limits_noted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = (models.UniqueConstraint(fields=("user", "url", "username"), name="one_connection_per_account"),)
        indexes = (
            # Few rows are leased, and they are looked for by it: `leased_as`.
            models.Index(fields=("lease_until",), condition=Q(lease_until__isnull=False), name="leased_connections"),
        )

    def __str__(self) -> str:
        return f"{self.words.name} · {self.username}"

    @property
    def at(self) -> providers.Provider:
        """Its provider: where it is reached, how it is signed in to, and what it can."""
        return providers.provider_named(self.provider)

    @property
    def words(self) -> providers.ProviderWords:
        """What sentences say of its provider and of its password."""
        return providers.provider_words(self.provider, self.url)

    @property
    def place(self) -> str:
        """Where the account is: its provider, with the host of its server if a person typed that."""
        words = self.words
        return str((self.at.asks_address and words.recipient) or words.name)

    @property
    def server(self) -> str:
        """The host on which its user name is one person; "" for iCloud, because an Apple ID is that everywhere."""
        return "" if self.provider == providers.ICLOUD else host_of(self.url)

    def is_account(self, username: str, server: str) -> bool:
        """Is it the account with this user name? `server` is what `server` said when that was noted, "" for any."""
        return self.username.casefold() == username.casefold() and server in ("", self.server)

    @property
    def is_feed(self) -> bool:
        """Is it a file at a web address, which can only be read?"""
        return self.provider == providers.ICS

    @property
    def title(self) -> str:
        """What a page calls it: the account, or the name of a feed’s calendar. Asks for the calendars of a feed."""
        calendar = next(iter(self.calendars.all()), None) if self.is_feed else None
        return (calendar.name if calendar else "") or self.username

    @property
    def interval(self) -> timedelta:
        """How long after a good sync the next one comes: a feed says so itself."""
        return timedelta(seconds=self.refresh_seconds or settings.SYNC_INTERVAL_SECONDS)

    @property
    def interval_minutes(self) -> int:
        """The same in whole minutes."""
        return self.interval // timedelta(minutes=1)

    @property
    def healthy(self) -> bool:
        return not self.error_code

    def why_not_asked(
        self, now: datetime, *, by_person: bool = False, ignore_retry_after: bool = False
    ) -> Problem | None:
        """Why the account may not be asked at `now`, by the rule of `ConnectionQuerySet.askable`; None if it may."""
        if self.needs_attention and not by_person:
            return self.about(Problem(self.error_code or "unauthorized", self.error_params))
        if self.not_before is not None and self.not_before > now and not ignore_retry_after:
            return self.about(Problem("throttled"))
        return None

    @property
    def sentence(self) -> str:
        """What is wrong with it and what to do; "" for nothing."""
        return self.about(Problem(self.error_code, self.error_params)).sentence

    def about(self, problem: Problem) -> Problem:
        """The problem as it is said of this account: in the words for its provider."""
        return replace(problem, words=self.words)

    @property
    def account(self) -> dav.Credentials:
        """What the wire needs to know of it."""
        if self.is_feed:
            return credentials(str(self.password), "", "", self.origin, self.provider, self.feed_validators)
        return credentials(self.url, self.username, self.password, self.origin, self.provider)

    def limits(self, now: datetime) -> dav.Limits:
        """What the account answers at once. After a week what it refused is tried again."""
        if self.limits_noted_at is None or now >= self.limits_noted_at + LIMITS_HOLD:
            return dav.Limits()
        return dav.Limits(self.max_batch or dav.MAX_BATCH, self.max_lines or dav.MAX_LINES)

    def note_limits(self, limits: dav.Limits, now: datetime) -> None:
        """Remember what the account has just refused."""
        values = {"max_batch": limits.batch, "max_lines": limits.lines, "limits_noted_at": now}
        Connection.objects.filter(pk=self.pk).update(**values)
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def was_interrupted(self) -> bool:
        """Was a sync of it killed since it was last read to the end? Asked where nobody is syncing it."""
        return self.interruptions > 0 or self.lease_until is not None

    def is_leased(self, now: datetime) -> bool:
        """Is a sync of it under way?"""
        return leases.is_taken(self.lease_until, now)

    def release(self, next_sync_at: datetime | None, **values: Any) -> bool:
        """Give the lease back (this row is as it was leased), writing `values` with it; False if it was lost.

        `next_sync_at` is written too, unless somebody asked for another time meanwhile: a choice of calendars, say.
        """
        mine = Connection.objects.filter(pk=self.pk, lease_token=self.lease_token)
        unasked = mine.filter(next_sync_at=self.next_sync_at)
        values |= {"column": "lease_until", "lease_token": ""}
        return bool(leases.release(unasked, next_sync_at=next_sync_at, **values) or leases.release(mine, **values))


def credentials(
    url: str, username: str, password: str, origin: str, provider: str, validators: Mapping[str, str] | None = None
) -> dav.Credentials:
    """What the wire needs to know of an account, with the private hosts that this deployment lets be asked."""
    return dav.Credentials(url, username, password, origin, provider, validators or {}, private_hosts())


def _interruption() -> dict[str, Case]:
    """What taking a lease writes of the one before: the values in the row are still those of that one."""
    was_given_back = Q(lease_until=None)
    return {
        "took_over": Case(When(was_given_back, then=Value(False)), default=Value(True)),
        "interruptions": Case(When(was_given_back, then=F("interruptions")), default=F("interruptions") + 1),
    }


def lease_length() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)
