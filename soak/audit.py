"""The audit: compares Kalends with iCloud and with what everybody was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from bookings.models import Booking, BookingChange, LinkedEvent, MirroredSlot, Proposal
from bookings.reconcile import audit
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence
from practice.models import User
from soak import calendar_text
from soak.actors.disruption import Disruption
from soak.actors.phones import AHEAD
from soak.claims import audit_claims, named
from soak.deployment import DEADLINE_SECONDS, SYNC_SECONDS
from soak.findings import Findings
from soak.ledger import Ledger, Span, Version
from soak.mails.audit import MailAudit
from soak.people import People
from soak.series import audit_series

Kind = BookingChange.Kind
Source = BookingChange.Source
MAX_AGE = timedelta(seconds=2 * SYNC_SECONDS + 2)  # of the copy that counts when iCloud cannot be asked
TOLERANCE = timedelta(seconds=0.5)
MAX_REQUEST = timedelta(seconds=45)  # from the start of a request to its commit


@dataclass
class ICloudEvent:
    """An event resource in iCloud."""

    account: str
    href: str
    uid: str
    data: bytes
    etag: str


@dataclass
class Audit:
    """One audit, after all work is finished."""

    people: People
    ledger: Ledger
    disruption: Disruption
    now: datetime = field(default_factory=timezone.now)
    found: Findings = field(default_factory=Findings)

    def run(self) -> Findings:
        """Compare everything."""
        self.icloud_events = list(self._resources())
        self.by_uid: dict[str, list[ICloudEvent]] = defaultdict(list)
        for one in self.icloud_events:
            self.by_uid[one.uid].append(one)
        self._promises()
        audit_claims(self.ledger, self.now, self.found)
        audit_series(self.found)
        MailAudit(self.people.mail_server.arrived, self._in_icloud, self.now, self.found).run()
        self._bookings()
        self._slots()
        self._orphans()
        self._insisted_overlaps()
        self._collisions()
        self._confirmed_over_known_events()
        self._stored_events()
        self._complaints()
        return self.found

    def _resources(self) -> Iterator[ICloudEvent]:
        for account in self.people.icloud.accounts:
            for calendar in account.events():
                for href, resource in calendar.resources.items():
                    uid = calendar_text.uid_of(resource.data)
                    yield ICloudEvent(account.apple_id, href, uid, resource.data, resource.etag)
        self.found.looked_at["events in iCloud"] = 0

    # --- what people were told ----------------------------------------------------------------------------------

    def _promises(self) -> None:
        """Every attempt to book had the outcome that its author was told, and no booking was cancelled by nobody."""
        made: dict[str, list[Booking]] = defaultdict(list)
        for booking in Booking.objects.prefetch_related("seats"):
            made[booking.client.name].append(booking)
        for name, attempt in self.ledger.tries.items():
            self.found.looked_at["attempts to book"] += 1
            keys = sorted(booking.pk for booking in made.pop(name, []))
            if attempt.outcome == "booked" and (keys[:1], len(keys)) != ([attempt.booking], attempt.count):
                (self.found.doubled if keys else self.found.lost).append(f"{name} was told {attempt.booking}: {keys}")
            elif attempt.outcome == "refused" and keys:
                self.found.wrong.append(f"{name} was refused, but has {keys}")
            elif len(keys) not in (0, attempt.count):
                self.found.doubled.append(f"{name} tried once and has {keys}")
        self.found.wrong += [f"nobody booked {name}" for name in made]
        for booking in Booking.objects.all():
            told = self.ledger.cancelled.get(booking.pk)
            if booking.live and told == "told":
                self.found.wrong.append(f"{named(booking)} was cancelled, but is live")
            elif not booking.live and not told and not self._deleted_on_phone(booking):
                self.found.lost.append(f"{named(booking)} was cancelled by nobody")

    def _deleted_on_phone(self, booking: Booking) -> bool:
        uids = set(booking.linked_events.values_list("uid", flat=True))
        choice = CalendarConfiguration.objects.get(user=booking.staff_id).when_deleted
        return choice == "cancel" and bool(uids & self.ledger.removed_on_phone)

    # --- bookings and their events ------------------------------------------------------------------------------

    def _bookings(self) -> None:
        rows = Booking.objects.live().filter(end__gt=self.now).with_details()
        for booking in rows:
            self.found.looked_at["bookings"] += 1
            self._booking(booking)

    def _booking(self, booking: Booking) -> None:
        asked = booking.proposals.open().exclude(kind=Proposal.Kind.COLLISION)
        placements = list(booking.linked_events.filter(wanted=LinkedEvent.Wanted.PRESENT))
        if len(placements) != 1:
            self.found.wrong.append(f"{named(booking)} is wanted in {len(placements)} places")
            return
        events = self.by_uid[placements[0].uid]
        if len(events) > 1:
            self.found.doubled.append(f"{named(booking)} has {[one.href for one in events]}")
        elif not events and not asked.exists():
            self.found.lost.append(f"{named(booking)} has no event {placements[0].href}")
        elif events and not asked.exists():
            self._event(booking, placements[0], events[0])

    def _event(self, booking: Booking, placement: LinkedEvent, event: ICloudEvent) -> None:
        """The event of a booking without an open proposal must agree with the booking."""
        occurrence = calendar_text.single_occurrence(event.data)
        if occurrence is None or (occurrence.start, occurrence.end) != (booking.start, booking.end):
            self.found.wrong.append(f"{named(booking)} is in iCloud as {occurrence}: {event.href}")
        if placement.state != LinkedEvent.State.PUSHED or placement.href != event.href:
            self.found.wrong.append(f"{named(booking)} is {placement.state} at {placement.href}, not {event.href}")
        noted = self.ledger.notes.get(event.uid)
        if noted is not None and noted not in calendar_text.notes(event.data):
            self.found.wrong.append(f"{named(booking)} lost the notes of the phone: {noted}")
        if calendar_text.invites(event.data):
            self.found.wrong.append(f"{named(booking)} invites somebody")

    def _in_icloud(self, booking: Booking) -> Span | None:
        """The time of the booking's event; None if there is no such event, or staff are asked about it."""
        if booking.proposals.open().exclude(kind=Proposal.Kind.COLLISION).exists():
            return None
        uids = booking.linked_events.filter(wanted=LinkedEvent.Wanted.PRESENT).values_list("uid", flat=True)
        times = [calendar_text.single_occurrence(event.data) for uid in uids for event in self.by_uid[uid]]
        return next(((time.start, time.end) for time in times if time), None)

    def _slots(self) -> None:
        """A blocked slot that is mirrored in iCloud has exactly one event there."""
        for row in MirroredSlot.objects.filter(wanted=MirroredSlot.Wanted.PRESENT).select_related("slot"):
            self.found.looked_at["blocked slots in iCloud"] += 1
            events = self.by_uid[row.uid]
            if row.slot is None or len(events) != 1:
                self.found.wrong.append(f"the slot {row.slot} has the events {[one.href for one in events]}")

    def _orphans(self) -> None:
        """No event in iCloud was left behind by Kalends."""
        kept = set(LinkedEvent.objects.filter(wanted="present").values_list("uid", flat=True))
        kept |= set(MirroredSlot.objects.filter(wanted="present").values_list("uid", flat=True))
        for one in self.icloud_events:
            self.found.looked_at["events in iCloud"] += 1
            if one.uid not in kept and one.uid not in self.ledger.made_on_phone:
                self.found.doubled.append(f"{one.href} belongs to no booking and no slot")

    # --- times --------------------------------------------------------------------------------------------------

    def _insisted_overlaps(self) -> None:
        """A booking may overlap others only where staff booked regardless of conflicts."""
        insisted = {attempt.booking for attempt in self.ledger.tries.values() if attempt.insisted}
        unknown = {attempt.name for attempt in self.ledger.tries.values() if attempt.insisted}
        for one in Booking.objects.live().filter(claim__overlap_allowed=True).with_details():
            if one.pk not in insisted | self.ledger.insisted and one.client.name not in unknown:
                self.found.wrong.append(f"{named(one)} may overlap, but nobody insisted")

    def _collisions(self) -> None:
        """There is a proposal for every event that overlaps a booking, unless staff decided about it."""
        exact = Booking.objects.live().filter(end__gt=self.now, claim__overlap_allowed=False)
        for booking in exact.with_details():
            span = (booking.start, booking.end)
            over = [one for one in self._conflict_events(booking) if any(calendar_text.overlapping(one.spans, span))]
            settled = (Proposal.Choice.KEEP, Proposal.Choice.ASK, Proposal.Choice.STAND)
            known = booking.proposals.open() | booking.proposals.filter(choice__in=settled)
            if over and not known.exists():
                self.found.wrong.append(f"{named(booking)} is overlapped by {over[0].href} and nobody is told")
            said = booking.proposals.open().filter(kind=Proposal.Kind.COLLISION).exists()
            if said and not self._reached(booking) and not self._own_collision(booking):
                self.found.wrong.append(f"{named(booking)} has a collision proposal, but no event overlaps it")

    def _reached(self, booking: Booking) -> bool:
        """Whether an event overlaps the time that must be free: of a pending booking with its buffers."""
        reach = booking.blocked_span if booking.status == Booking.Status.PENDING else (booking.start, booking.end)
        return any(any(calendar_text.overlapping(one.spans, reach)) for one in self._conflict_events(booking))

    def _conflict_events(self, booking: Booking) -> Iterator[Version]:
        """The phone's own events in the selected calendars of the booking's staff member."""
        paths = self._paths(booking)
        return (one for one in self.ledger.versions if one.until is None and one.calendar in paths)

    def _paths(self, booking: Booking) -> set[str]:
        return set(Calendar.objects.conflict_calendars().of(booking.staff_id).values_list("path", flat=True))

    def _own_collision(self, booking: Booking) -> bool:
        """Whether another event that Kalends wrote, as the phone has changed it, overlaps this booking."""
        mine = set(LinkedEvent.objects.filter(booking=booking).values_list("uid", flat=True))
        for one in self.icloud_events:
            if one.uid not in mine and one.href.rpartition("/")[0] + "/" in self._paths(booking):
                spans = calendar_text.blocking(one.data, self.now, self.now + AHEAD)
                if any(calendar_text.overlapping(spans, (booking.start, booking.end))):
                    return True
        own = [one for uid in mine for one in self.by_uid[uid]]
        spans = [span for one in own for span in calendar_text.blocking(one.data, self.now, self.now + AHEAD)]
        return any(start < booking.start or end > booking.end for start, end in spans)

    def _confirmed_over_known_events(self) -> None:
        """No confirmed booking overlaps an event that was in iCloud before the confirmation."""
        kinds = (Kind.MADE, Kind.CONFIRMED, Kind.MOVED)
        changes = BookingChange.objects.filter(kind__in=kinds).exclude(source=Source.PHONE)
        for change in changes.select_related("booking__staff", "booking__claim").prefetch_related("booking__seats"):
            booking = change.booking
            pending = booking.status == Booking.Status.PENDING or self._was_pending(change)
            insisted = booking.overlap_allowed or self._insisted(booking)
            # Of a booking that went to somebody else it is not known whose calendars counted when.
            if pending or insisted or booking.pk in self.ledger.with_anybody or self._moved_meanwhile(change):
                continue
            self.found.looked_at["confirmations"] += 1
            for version in self._over(change):
                self.found.wrong.append(
                    f"{named(booking)}, {change.kind} at {change.at:%H:%M:%S.%f}, overlaps {version.href}, "
                    f"in iCloud since {version.since:%H:%M:%S.%f}"
                )

    def _was_pending(self, change: BookingChange) -> bool:
        """Whether the booking was or may have been pending then; only a confirmation must know all events."""
        confirmed = BookingChange.objects.filter(booking=change.booking_id, kind=Kind.CONFIRMED).order_by("at").first()
        if confirmed is not None:
            return change.at < confirmed.at
        attempt = self.ledger.tries.get(change.booking.client.name)
        return attempt is None or attempt.pending is not False

    def _moved_meanwhile(self, change: BookingChange) -> bool:
        """Whether a move confirmed the booking: then not the former time, which this change names, had to be free."""
        moved = BookingChange.objects.filter(booking=change.booking_id, kind=Kind.MOVED, at=change.at)
        return change.kind == Kind.CONFIRMED and moved.exists()

    def _insisted(self, booking: Booking) -> bool:
        named = self.ledger.tries.get(booking.client.name)
        return booking.pk in self.ledger.insisted or bool(named and named.insisted)

    def _over(self, change: BookingChange) -> Iterator[Version]:
        """The events that overlap the booking and that Kalends had to know when it confirmed it."""
        booking, at = change.booking, change.at
        span, paths = (change.new_start, change.new_end), self._paths(booking)
        asked = change.kind != Kind.CONFIRMED and self._could_ask(booking.staff, at)
        since = at - TOLERANCE if asked else at - MAX_AGE
        kept = booking.proposals.filter(choice=Proposal.Choice.KEEP, decided_at__lte=at + MAX_REQUEST)
        known = set(kept.values_list("new_start", "new_end"))
        for version in self.ledger.versions:
            if known & set(version.spans):
                continue  # staff were asked and chose to keep the booking
            stood = version.since < since and (version.until is None or version.until > at + MAX_REQUEST)
            if version.calendar in paths and stood and any(calendar_text.overlapping(version.spans, span)):
                yield version

    def _could_ask(self, user: User, at: datetime) -> bool:
        """Whether iCloud listed all accounts of the staff member between the request and its deadline."""
        undisturbed = not self.disruption.was_active(at - TOLERANCE, at + timedelta(seconds=DEADLINE_SECONDS))
        names = list(user.connections.values_list("username", flat=True))
        if Connection.objects.filter(username__in=names).exclude(user=user).exists():
            # Who listed an account of two people is not known: it may have been the other one.
            lease = timedelta(seconds=settings.LEASE_SECONDS)
            undisturbed = undisturbed and not self.disruption.killed_since(at - lease, at)
        return undisturbed and all(self.ledger.was_listed(name, at, DEADLINE_SECONDS - 1) for name in names)

    # --- stored events------------------------------------------------------------------------------------------

    def _stored_events(self) -> None:
        """Kalends has stored all events of selected calendars, with the occurrences that other libraries find."""
        there = {one.href: one for one in self.icloud_events}
        for calendar in Calendar.objects.conflict_calendars().select_related("connection"):
            rows = {row.href: row for row in Event.objects.filter(calendar=calendar).defer("text")}
            present = {href: one for href, one in there.items() if href.startswith(calendar.path)}
            for href in rows.keys() ^ present.keys():
                self.found.wrong.append(f"{href} is only in {'Kalends' if href in rows else 'iCloud'}")
            for href in rows.keys() & present.keys():
                self.found.looked_at["stored events"] += 1
                self._stored_event(rows[href], present[href])
        for user in User.objects.all():
            self.found.wrong += [f"audit of {user}: {one.text}" for one in audit.audit(user, self.now)]

    def _stored_event(self, row: Event, one: ICloudEvent) -> None:
        if row.etag != one.etag:
            self.found.wrong.append(f"{row.href} has ETag {row.etag} in Kalends and {one.etag} in iCloud")
            return
        begin, end = self.now - timedelta(days=1), self.now + AHEAD
        kept = Occurrence.objects.filter(event=row, start__lt=end, end__gt=begin)
        ours = sorted(kept.values_list("start", "end", "blocks"))
        theirs = [tuple(shown) for shown in calendar_text.shown(one.data, begin, end)]
        if ours != theirs:
            self.found.wrong.append(f"{row.href} has the occurrences {ours}, but should have {theirs}")

    # --- complaints----------------------------------------------------------------------------------------------

    def _complaints(self) -> None:
        icloud = self.people.icloud
        self.found.wrong += [f"iCloud sent mail: {mail}" for mail in icloud.scheduled]
        self.found.wrong += [f"the foreign host was asked: {one.method} {one.path}" for one in icloud.stranger_log]
        self.found.wrong += [complaint.strip() for complaint in self.ledger.complaints]
