"""For support: bookings and how their events are doing. Bookings are changed by their own pages only."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import smart_split
from django.utils.translation import gettext, gettext_lazy, ngettext

from bookings import actions
from bookings.contacts.written import email_key, name_key
from bookings.models import (
    Booking,
    BookingChange,
    Client,
    ClientChange,
    LinkedEvent,
    LinkRequest,
    Mail,
    MirroredSlot,
    Proposal,
    Service,
    ServiceStaff,
)
from bookings.pages.clients.forms import ClientForm
from bookings.pages.services.forms import EVENT_FIELDS
from bookings.push import outbox, placements
from connections.admin import LookOnly, people
from practice.admin import DeclaredFilters
from practice.models import User

CONTACT = ("name_key", "email_key", "email", "phone")


def client(path: str) -> tuple[str, ...]:
    """Search fields for the client at the end of `path`."""
    return tuple(f"{path}__{field}" for field in CONTACT)


CLIENT = client("seats__client")


def booking(path: str) -> tuple[str, ...]:
    """Search fields for the booking at the end of `path`, by its people and its event."""
    return tuple(f"{path}__{field}" for field in (*CLIENT, *people("staff"), "linked_events__uid"))


class FoundByKeys(admin.ModelAdmin[Any]):
    """A list in which clients are found however their names and addresses are written, on every database.

    Each word is looked for as it was typed and as the keys of clients have it.
    """

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        has_duplicates = False
        for word in smart_split(search_term):
            results = [super(FoundByKeys, self).get_search_results(request, queryset, one) for one in _spellings(word)]
            queryset = reduce(or_, [found for found, _has in results])
            has_duplicates |= any(has for _found, has in results)
        return queryset, has_duplicates


def _spellings(word: str) -> list[str]:
    """A searched word as typed, as in the keys of names and, if it may be an address, as in the keys of addresses."""
    spellings = [word, name_key(word), *([email_key(word)] if "@" in word else [])]
    return list(dict.fromkeys(spellings))


class LookOnlyInline(admin.TabularInline[Any, Any]):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LinkedEventInline(LookOnlyInline):
    model = LinkedEvent
    fields = ("uid", "wanted", "state", "calendar_path", "attempts", "next_try_at", "removed_at")
    show_change_link = True


class BookingChangeInline(LookOnlyInline):
    model = BookingChange
    fields = ("at", "kind", "source", "actor", "new_start", "new_end", "undo_until")


class ClientChangeInline(LookOnlyInline):
    model = ClientChange
    fields = ("at", "kind", "actor", "before", "after", "mailed_at")


@admin.register(Client)
class ClientAdmin(FoundByKeys, DeclaredFilters):
    form = ClientForm
    inlines = (ClientChangeInline,)
    list_display = ("name", "email", "phone", "created_at")
    search_fields = (*CONTACT, "seats__booking__linked_events__uid", *people("seats__booking__staff"))
    fields = ("name", "email", "phone", "language", "time_zone", "erasing")
    readonly_fields = ("erasing",)

    def has_delete_permission(self, request: HttpRequest, obj: Client | None = None) -> bool:
        """Nobody: a deleted row would leave the name in events, mails and sentences, and nothing in erased.log."""
        return False

    @admin.display(description=gettext_lazy("deleting"))
    def erasing(self, row: Client) -> str:
        words = gettext(
            "Clients are not deleted here, because their events would keep the name. An owner erases them: {link}"
        )
        address = reverse("clients:detail", args=[row.pk]) if row.pk else reverse("clients:list")
        return format_html(words, link=format_html('<a href="{0}">{0}</a>', address))

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        if change:
            actions.change_client(obj, now=timezone.now(), actor=cast(User, request.user))
        else:
            super().save_model(request, obj, form, change)


class ServiceStaffInline(admin.TabularInline[Any, Any]):
    model = ServiceStaff
    extra = 0


@admin.register(Service)
class ServiceAdmin(DeclaredFilters):
    list_display = ("name", "slug", "minutes", "slot_minutes", "visibility")
    list_filter = ("visibility",)
    search_fields = ("name", "slug", *people("staff"))
    inlines = (ServiceStaffInline,)

    def save_model(self, request: HttpRequest, obj: Service, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and EVENT_FIELDS.intersection(form.changed_data):
            placements.reword_service(obj, timezone.now())


@admin.register(Booking)
class BookingAdmin(FoundByKeys, LookOnly):
    list_display = ("id", "start", "end", "staff", "client", "service", "status", "push")
    list_display_links = ("id", "start")
    list_select_related = ("staff", "service")
    list_filter = ("status", "claim__overlap_allowed", "service")
    date_hierarchy = "start"
    search_fields = ("=id", *CLIENT, *people("staff"), "service__name", "linked_events__uid")
    fields = (
        ("staff", "client", "service", "series"),
        ("start", "end", "claim"),
        ("status", "approval_due_at", "calendar_unread_since", "address_due_at"),
        ("overlap_allowed", "push"),
        ("revision", "created_at"),
    )
    readonly_fields = ("client", "claim", "overlap_allowed", "push")
    inlines = (LinkedEventInline, BookingChangeInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        return super().get_queryset(request).prefetch_related("linked_events", "seats")

    @admin.display(description=gettext_lazy("client"))
    def client(self, row: Booking) -> Client:
        return row.client

    @admin.display(description=gettext_lazy("overlap allowed"), boolean=True)
    def overlap_allowed(self, row: Booking) -> bool:
        return row.overlap_allowed

    @admin.display(description=gettext_lazy("on the calendar"))
    def push(self, row: Booking) -> str:
        return str(LinkedEvent.State(outbox.push_state(row)).label)


class OfBooking(FoundByKeys, LookOnly):
    """Rows of bookings, which are called by their clients."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("booking__seats")


@admin.register(BookingChange)
class BookingChangeAdmin(OfBooking):
    """Without the reason, which is for staff."""

    list_display = ("at", "booking", "kind", "source", "actor", "undo_until")
    list_select_related = ("booking__service", "actor")
    list_filter = ("kind", "source")
    date_hierarchy = "at"
    search_fields = booking("booking")
    fields = (
        ("booking", "at"),
        ("kind", "source", "actor"),
        ("old_start", "old_end", "new_start", "new_end"),
        "undo_until",
    )


@admin.register(Mail)
class MailAdmin(FoundByKeys, LookOnly):
    """Without the words, which are made when a mail is sent."""

    list_display = ("id", "seat", "kind", "state", "recipient", "due_at", "sent_at", "error_code")
    list_select_related = ("seat__client",)
    list_filter = ("state", "kind")
    date_hierarchy = "due_at"
    search_fields = (
        "=seat__booking__id",
        "recipient",
        "message_id",
        "uid",
        *client("seat__client"),
        "seat__booking__staff__username",
        "seat__booking__staff__email",
    )


@admin.register(LinkRequest)
class LinkRequestAdmin(LookOnly):
    """When links were asked for and mailed. Not by whom: what was typed may be anybody's address."""

    list_display = ("created_at", "done_at", "is_mailed")
    list_filter = ("is_mailed",)
    date_hierarchy = "created_at"
    search_fields = ("=message_id",)
    fields = (("created_at", "claimed_until"), ("done_at", "is_mailed"), "message_id")


FACTS = (
    ("calendar_path", "href", "uid", "etag"),
    ("wanted", "state", "pushed_revision"),
    ("agreed_start", "agreed_end"),
    ("attempts", "next_try_at", "last_error"),
    ("missing_since", "removed_at", "created_at"),
)


class PlacementAdmin(LookOnly):
    """How far a calendar has an event of ours; it can be pushed again."""

    list_filter = ("state", "wanted", "error_code")
    readonly_fields = ("last_error",)
    actions = ("push_again",)

    def has_push_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"bookings.change_{self.opts.model_name}")

    @admin.action(description=gettext_lazy("Push again"), permissions=["push"])
    def push_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        pushed = [one for placement in queryset for one in outbox.push_again(placement, timezone.now())]
        count = sum(one.state == LinkedEvent.State.PUSHED for one in pushed)
        said = ngettext("%(count)s event was pushed.", "%(count)s events were pushed.", count)
        messages.success(request, said % {"count": count})


@admin.register(LinkedEvent)
class LinkedEventAdmin(PlacementAdmin, OfBooking):
    list_display = ("uid", "booking", "wanted", "state", "attempts", "next_try_at", "last_error")
    list_select_related = ("booking__service", "calendar__connection")
    search_fields = ("uid", "href", *booking("booking"))
    fields = (("booking", "calendar", "account", "server"), *FACTS)


@admin.register(MirroredSlot)
class MirroredSlotAdmin(PlacementAdmin):
    """Without the slot's note, which only its owner sees."""

    list_display = ("uid", "staff", "wanted", "state", "attempts", "next_try_at", "last_error")
    list_select_related = ("staff", "calendar__connection")
    search_fields = ("uid", "href", *people("staff"))
    fields = (("staff", "calendar", "account", "server"), *FACTS)


@admin.register(Proposal)
class ProposalAdmin(OfBooking):
    """Without the reason: it may name an event."""

    list_display = ("created_at", "booking", "kind", "choice", "decided_by", "decided_at", "withdrawn_at")
    list_select_related = ("booking__service", "decided_by")
    list_filter = ("kind", "choice")
    date_hierarchy = "created_at"
    search_fields = booking("booking")
    fields = (
        ("booking", "linked_event", "kind"),
        ("new_start", "new_end"),
        ("created_at", "mailed_at"),
        ("choice", "decided_by", "decided_at", "withdrawn_at"),
    )
