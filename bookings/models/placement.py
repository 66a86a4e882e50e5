"""The push state machine: where Kalends wants an event of its own, and what the calendar has of it so far.

The state, the attempts and the pauses of placements are written by the verbs of `PlacementQuerySet` alone.
"""

from __future__ import annotations

import uuid
from abc import abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar, cast

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from availability.intervals import Span
from connections.models import Calendar, Connection
from connections.problems import Problem
from practice.models import User

MAX_SUPERSEDED_ETAGS = 20
_NO_PAUSE: dict[str, Any] = {"attempts": 0, "next_try_at": None, "error_code": "", "error_params": {}}

_Placed = TypeVar("_Placed", bound="Placement", covariant=True)


def new_uid() -> str:
    """A UID as Apple devices write them; also the name of the resource."""
    return str(uuid.uuid4()).upper()


def whereabouts(calendar: Calendar) -> dict[str, Any]:
    """The columns that say in which calendar an event is, also when the row of the calendar has gone."""
    account = calendar.connection
    return {"calendar": calendar, "calendar_path": calendar.path, "account": account.username, "server": account.server}


class PlacementQuerySet(models.QuerySet[_Placed]):
    """What is to be pushed, and every step that a push can take.

    A subclass names the paths to the staff member (`owner`) and to the revision that `pushed_revision` follows.
    """

    owner: ClassVar[str]
    revision: ClassVar[str]

    # --- which ones ---------------------------------------------------------------------------------------------

    def owned_by(self, user: User) -> Self:
        return self.filter(**{self.owner: user})

    def wanted(self) -> Self:
        """Those whose event is to be in the calendar."""
        return self.filter(wanted=Placement.Wanted.PRESENT)

    def withdrawn(self) -> Self:
        """Those whose event is to be removed, or was."""
        return self.filter(wanted=Placement.Wanted.ABSENT)

    def unremoved(self) -> Self:
        """Those whose event was not removed. Of the others, an event that is there again is an ordinary one."""
        return self.filter(removed_at=None)

    def unsettled(self) -> Self:
        """The outbox: placements whose calendar does not yet have what is wanted."""
        behind = Q(wanted=Placement.Wanted.PRESENT) & ~Q(pushed_revision=F(self.revision))
        return self.filter(behind | Q(wanted=Placement.Wanted.ABSENT, removed_at=None) | self._to_erase())

    @staticmethod
    def _to_erase() -> Q:
        return Q(wanted=Placement.Wanted.PRESENT, erase_due=True)

    def undecided(self) -> Self:
        """Those that the iPhone changed: they are not pushed until that is settled."""
        return self.filter(state__in=Placement.UNDECIDED)

    def pushable(self) -> Self:
        """Unsettled ones with a calendar that wait for no decision; removing and erasing wait for none."""
        asked = Q(state__in=Placement.UNDECIDED, wanted=Placement.Wanted.PRESENT, erase_due=False)
        return self.unsettled().exclude(calendar=None).exclude(asked)

    def due(self, now: datetime) -> Self:
        """Those to be pushed at `now`: their own pause is over."""
        return self.pushable().rested(now)

    def rested(self, now: datetime) -> Self:
        """Those that are in no pause at `now`."""
        return self.filter(Q(next_try_at=None) | Q(next_try_at__lte=now))

    def known_to_calendar(self) -> Self:
        """Those that their calendar has confirmed, or that a push found changed; what reconciling compares."""
        unheard = Q(etag="") & ~Q(state__in=Placement.UNDECIDED)
        return self.exclude(unheard).exclude(calendar=None)

    def with_content(self) -> Self:
        """With all that a push reads."""
        return self.select_related("calendar__connection__user__calendar_configuration")

    # --- what is wanted -----------------------------------------------------------------------------------------

    def place(self, calendar: Calendar, **subject: Any) -> _Placed:
        """Want `subject` in `calendar`, under a UID and a name fixed now."""
        uid, state = new_uid(), Placement.State.QUEUED
        return self.create(
            **subject,
            **whereabouts(calendar),
            uid=uid,
            href=f"{calendar.path}{uid}.ics",
            state=Placement.State.NEEDS_RECONNECT if calendar.connection.needs_attention else state,
        )

    def withdraw(self) -> int:
        """Want the events gone."""
        return self.wanted().restart(wanted=Placement.Wanted.ABSENT)

    def want_again(self) -> int:
        """Take a withdrawal back whose removal was never tried; how many."""
        untried = self.withdrawn().filter(attempts=0, removed_at=None)
        keys = list(untried.values_list("pk", flat=True))
        again = self.model._default_manager.filter(pk__in=keys)
        count = untried.update(wanted=Placement.Wanted.PRESENT)
        again.filter(pushed_revision=F(self.revision)).update(state=Placement.State.PUSHED)
        return count

    def erase(self) -> int:
        """Want the events that are not known to be gone without all that says whom they are about; how many."""
        there = self.filter(removed_at=None).exclude(calendar=None, etag="")
        there.undecided().update(next_try_at=None)
        there.exclude(state__in=Placement.UNDECIDED).restart()
        return there.update(erase_due=True)

    def give_up(self, now: datetime) -> int:
        """Settle a withdrawal without a push: the event is known to be gone."""
        return self.update(wanted=Placement.Wanted.ABSENT, removed_at=now)

    def reattach(self, user: User) -> int:
        """After a reconnection: let events whose calendar row had gone find it again by account and path; how many.

        An Apple ID is the same however it was capitalised. Elsewhere two servers may know one user name, and have
        calendars of one path.
        """
        connections = list(Connection.objects.two_way().filter(user=user))
        self._note_servers(connections)
        count = 0
        for placement in self.owned_by(user).filter(calendar=None, removed_at=None):
            mine = [one for one in connections if one.is_account(placement.account, placement.server)]
            calendar = Calendar.objects.filter(connection__in=mine, path=placement.calendar_path).first()
            count += placement.row.update(calendar=calendar) if calendar else 0
        return count

    def _note_servers(self, connections: Iterable[Connection]) -> None:
        """A server may have moved since an event was placed, and version 0.2.0 noted none."""
        for connection in connections:
            stale = self.filter(calendar__connection=connection).exclude(server=connection.server)
            if connection.server and stale.exists():
                stale.update(server=connection.server)

    # --- how a push goes ----------------------------------------------------------------------------------------

    def requeue(self) -> int:
        """Push again what its calendar has. What waits for something else goes on waiting, and is pushed after that."""
        return self.filter(state=Placement.State.PUSHED).update(state=Placement.State.QUEUED)

    def restart(self, **values: Any) -> int:
        """Push at once, whatever became of earlier attempts; `values` are written in the same statement."""
        return self.update(state=Placement.State.QUEUED, **_NO_PAUSE, **values)

    def await_decision(self, *, changed_here: bool = False) -> int:
        """The iPhone changed the event and staff are asked: push nothing over that. `changed_here`: Kalends did too."""
        state = Placement.State.CHANGED_ON_BOTH_SIDES if changed_here else Placement.State.WAITING_FOR_DECISION
        return self.update(state=state)

    def contradict(self) -> int:
        """Kalends changes what staff are asked about: from now on both sides have changed it."""
        asked = self.filter(state=Placement.State.WAITING_FOR_DECISION)
        return asked.await_decision(changed_here=True)

    def settle(self) -> int:
        """End the wait for a decision where the calendar has what is wanted."""
        known = self.undecided().wanted().filter(pushed_revision=F(self.revision))
        return known.update(state=Placement.State.PUSHED)

    def resume(self) -> None:
        """End the wait for a decision: what the calendar has is settled, everything else is pushed."""
        self.settle()
        self.undecided().update(state=Placement.State.QUEUED)

    def confirm(self, revision: int) -> int:
        """The calendar has this revision, without a push."""
        return self.update(pushed_revision=revision, state=Placement.State.PUSHED)

    def await_reconnection(self) -> int:
        """Their account needs a person first."""
        return self.update(state=Placement.State.NEEDS_RECONNECT)

    def retry_at(self, moment: datetime) -> int:
        """Try again at `moment`, and say nothing of the last failure any more."""
        values = {"error_code": "", "error_params": {}}
        return self.update(state=Placement.State.RETRYING, next_try_at=moment, **values)

    def record(
        self, state: Placement.State, problem: Problem | None = None, *, attempts: int = 0, **values: Any
    ) -> int:
        """Write what became of a push and give the placement back. Success forgets earlier failures."""
        return self.update(
            **{"next_try_at": None, **values},
            state=state,
            claimed_until=None,
            attempts=attempts if problem else 0,
            error_code=problem.code if problem else "",
            error_params=problem.params if problem else {},
        )


class Placement(models.Model):
    """One placement of a piece of time in a calendar: what is wanted there, and what the calendar last agreed to."""

    keeps_shape: ClassVar[bool] = False  # may the iPhone make it all-day or repeating without a decision?

    class Wanted(models.TextChoices):
        PRESENT = "present", _("present")
        ABSENT = "absent", _("absent")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        PUSHED = "pushed", _("On the calendar")
        RETRYING = "retrying", _("Trying again")
        WAITING_FOR_DECISION = "waiting_for_decision", _("Waiting for a decision")
        CHANGED_ON_BOTH_SIDES = "changed_on_both_sides", _("Changed on both sides")
        NEEDS_RECONNECT = "needs_reconnect", _("Needs reconnecting")
        NO_LINKED_CALENDAR = "no_linked_calendar", _("No linked calendar")

    UNDECIDED: ClassVar[tuple[State, ...]] = (State.WAITING_FOR_DECISION, State.CHANGED_ON_BOTH_SIDES)

    wanted = models.CharField(_("wanted"), max_length=8, choices=Wanted, default=Wanted.PRESENT)
    calendar = models.ForeignKey(
        "connections.Calendar", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("calendar")
    )
    account = models.CharField(_("account"), max_length=254, blank=True)
    server = models.CharField(_("server"), max_length=253, blank=True)
    calendar_path = models.CharField(_("calendar’s path"), max_length=500)
    href = models.CharField(_("href"), max_length=700)
    uid = models.CharField("UID", max_length=64, unique=True, default=new_uid)
    etag = models.CharField(_("ETag"), max_length=300, blank=True)
    superseded_etags = models.JSONField(_("superseded etags"), default=list, blank=True)
    agreed_start = models.DateTimeField(_("agreed start"), null=True, blank=True)
    agreed_end = models.DateTimeField(_("agreed end"), null=True, blank=True)
    agreed_text = models.BinaryField(_("agreed text"), default=bytes, editable=False)
    pushed_revision = models.PositiveIntegerField(_("pushed revision"), default=0)
    state = models.CharField(_("state"), max_length=24, choices=State, default=State.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True, editable=False)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_params = models.JSONField(_("error params"), default=dict, blank=True)
    erase_due = models.BooleanField(_("to be made nameless"), default=False)
    missing_since = models.DateTimeField(_("not found since"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.uid

    @property
    @abstractmethod
    def span(self) -> Span:
        """The time that is wanted in the calendar, half-open, in UTC."""

    @property
    @abstractmethod
    def wanted_revision(self) -> int:
        """Which version of it is wanted; `pushed_revision` follows."""

    @property
    @abstractmethod
    def owner_id(self) -> int:
        """The key of the staff member whose time it is."""

    @property
    def booking_key(self) -> int | None:
        """The key of its booking; None for what is no booking's."""
        return None

    @property
    def sentence(self) -> str:
        """What is wrong with it and what to do; "" for nothing."""
        problem = Problem(self.error_code, self.error_params)
        return (self.calendar.connection.about(problem) if self.calendar else problem).sentence

    @property
    def is_undecided(self) -> bool:
        """Did the iPhone change it, so that it is not pushed until that is settled?"""
        return self.state in self.UNDECIDED

    @property
    def is_rescheduled(self) -> bool:
        """Has Kalends another time for an event that it has pushed, still to be pushed?"""
        behind = 0 < self.pushed_revision != self.wanted_revision
        return behind and self.span != (self.agreed_start, self.agreed_end)

    @property
    def is_withdrawn(self) -> bool:
        return self.wanted == self.Wanted.ABSENT

    @classmethod
    def rows(cls) -> PlacementQuerySet[Self]:
        return cast("PlacementQuerySet[Self]", cls._default_manager.all())

    @property
    def row(self) -> PlacementQuerySet[Self]:
        """This placement alone, for the verbs: they write their own columns, for others may be writing to the row."""
        return self.rows().filter(pk=self.pk)

    def has_seen(self, etag: str) -> bool:
        """Is this the version that both sides know, or an earlier one of ours? Then nobody changed anything."""
        return etag == self.etag or etag in self.superseded_etags

    def remember_etag(self, etag: str) -> dict[str, Any]:
        """Take `etag` as the version that both sides know, and the former one as superseded: the columns to write."""
        former = [known for known in (*self.superseded_etags, self.etag) if known and known != etag]
        self.superseded_etags, self.etag = former[-MAX_SUPERSEDED_ETAGS:], etag
        return {"etag": self.etag, "superseded_etags": self.superseded_etags}

    def agree(self, etag: str, span: Span | None = None, **values: Any) -> None:
        """Both sides know this version now, at `span` or where it was; what is still to be pushed goes on from it."""
        if span is not None:
            self.agreed_start, self.agreed_end = span
            values |= {"agreed_start": span[0], "agreed_end": span[1]}
        self.row.update(**self.remember_etag(etag), **values)

    def relocate(self, href: str, calendar: Calendar) -> None:
        """The event was found under another name or in another calendar: the UID stays, pushing goes there."""
        where = {"href": href, **whereabouts(calendar)}
        for name, value in where.items():
            setattr(self, name, value)
        self.save(update_fields=list(where))
