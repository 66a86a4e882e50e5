"""For support: how connections are doing. Never a password, never the title or text of an event."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_q import admin as queue_admin
from django_q.models import Failure, OrmQ, Schedule, Success

from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence, SyncRun
from connections.problems import sentence
from connections.sync.queue import sync_soon
from practice.admin import DeclaredFilters

PEOPLE = ("username", "email", "first_name", "last_name")


def people(path: str) -> tuple[str, ...]:
    """Search fields for the user at the end of `path`."""
    return tuple(f"{path}__{field}" for field in PEOPLE)


class LookOnly(DeclaredFilters):
    """Rows that the engine writes: to be looked at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("last error"))
    def last_error(self, row: Any) -> str:
        return row.sentence or "—"


@admin.register(CalendarConfiguration)
class CalendarConfigurationAdmin(LookOnly):
    list_display = ("user", "time_zone", "linked_calendar", "stale_policy", "detail", "saved_at")
    list_select_related = ("user", "linked_calendar")
    list_filter = ("stale_policy", "detail")
    search_fields = people("user")
    fields = (
        *("user", "time_zone", "linked_calendar", "stale_policy", "detail"),
        ("max_per_day", "max_per_week"),
        *("saved_at", "reconcile_due"),
    )


@admin.register(Connection)
class ConnectionAdmin(LookOnly):
    list_display = ("username", "user", "provider", "needs_attention", "polled_at", "next_sync_at", "last_error")
    list_select_related = ("user",)
    list_filter = ("provider", "needs_attention", "error_code")
    search_fields = ("username", *people("user"))
    fields = (
        ("user", "provider"),
        ("username", "url", "origin"),
        ("needs_attention", "failing_since", "failures"),
        "last_error",
        ("polled_at", "poll_started_at", "next_sync_at", "not_before"),
        ("polls", "requests", "created_at"),
    )
    readonly_fields = ("last_error",)
    actions = ("sync_now",)

    def has_sync_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("connections.change_connection")

    @admin.action(description=gettext_lazy("Sync now"), permissions=["sync"])
    def sync_now(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        for connection in queryset:
            sync_soon(connection.pk)
        sentence = ngettext(
            "%(count)s connection is synced now.", "%(count)s connections are synced now.", len(queryset)
        )
        messages.success(request, sentence % {"count": len(queryset)})


@admin.register(Calendar)
class CalendarAdmin(LookOnly):
    list_display = ("name", "connection", "is_conflict_calendar", "writable", "fresh_at", "read_at", "last_error")
    list_select_related = ("connection",)
    list_filter = ("is_conflict_calendar", "writable", "shared", "error_code")
    search_fields = ("name", "path", "connection__username", *people("connection__user"))
    fields = (
        ("connection", "name", "path"),
        ("writable", "shared", "is_conflict_calendar", "asked_about"),
        ("all_day_rule", "invitations_block", "times_only"),
        ("fresh_at", "read_at", "compared_at", "mass_deletion_suspected_at", "gone_at"),
        "last_error",
    )
    readonly_fields = ("last_error",)


@admin.register(Event)
class EventAdmin(LookOnly):
    list_display = ("href", "calendar", "recurring", "trouble", "pending_since", "pending_attempts")
    list_select_related = ("calendar",)
    list_filter = ("problem", "recurring", "whole")
    search_fields = ("href", "uid", "calendar__connection__username", *people("calendar__connection__user"))
    fields = (
        "calendar",
        ("href", "uid", "etag"),
        ("recurring", "endless", "whole"),
        "trouble",
        ("pending_etag", "pending_since", "pending_attempts", "pending_next_at"),
    )
    readonly_fields = ("trouble",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).defer("text", "summary")

    @admin.display(description=gettext_lazy("problem"))
    def trouble(self, event: Event) -> str:
        return sentence(event.problem) or (_("Not read yet") if event.pending_etag else "—")


@admin.register(Occurrence)
class OccurrenceAdmin(LookOnly):
    list_display = ("start", "end", "all_day", "blocks", "reason", "calendar")
    list_select_related = ("calendar",)
    list_filter = ("blocks", "reason", "all_day")
    date_hierarchy = "start"
    search_fields = ("event__uid", "event__href", *people("calendar__connection__user"))
    fields = ("calendar", "event", ("start", "end", "all_day"), ("blocks", "reason", "free_marked"), "recurrence_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Occurrence]:
        return super().get_queryset(request).defer("summary")


@admin.register(SyncRun)
class SyncRunAdmin(LookOnly):
    list_display = (
        "started_at",
        "connection",
        "trigger",
        "seconds",
        "requests",
        "changed",
        "removed",
        "problems",
        "last_error",
    )
    list_select_related = ("connection",)
    list_filter = ("trigger", "error_code")
    date_hierarchy = "started_at"
    search_fields = ("connection__username", *people("connection__user"))
    fields = (
        ("connection", "trigger", "started_at", "seconds"),
        ("requests", "answers", "changed", "removed", "problems"),
        "last_error",
    )
    readonly_fields = ("last_error",)


class LookOnlySchedule(LookOnly, queue_admin.ScheduleAdmin):  # type: ignore[misc] # the library has no types
    """A schedule names a function that workers call, so whoever may change one may run any code."""


class LookOnlySuccess(LookOnly, queue_admin.TaskAdmin):  # type: ignore[misc]
    actions = ()


class LookOnlyFailure(LookOnly, queue_admin.FailAdmin):  # type: ignore[misc]
    actions = ()


class LookOnlyQueue(LookOnly, queue_admin.QueueAdmin):  # type: ignore[misc]
    """Tasks that wait. They are pickled: whoever may write one may run any code."""


QUEUE_ADMINS: dict[type[Model], type[LookOnly]] = {
    Schedule: LookOnlySchedule,
    Success: LookOnlySuccess,
    Failure: LookOnlyFailure,
    OrmQ: LookOnlyQueue,
}
for queue_model, queue_model_admin in QUEUE_ADMINS.items():
    if admin.site.is_registered(queue_model):  # the queue is no table where Redis is the broker
        admin.site.unregister(queue_model)
        admin.site.register(queue_model, queue_model_admin)
