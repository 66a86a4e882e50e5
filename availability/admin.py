"""For support: who works when. The notes of blocked slots belong to their owner and are not shown."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from availability.models import BlockedSlot, Closure, DateOverride, WorkingHours
from practice.admin import DeclaredFilters


@admin.register(WorkingHours)
class WorkingHoursAdmin(DeclaredFilters):
    list_display = ("user", "weekday", "start", "end")
    list_filter = ("weekday",)
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email", "user__first_name", "user__last_name")
    autocomplete_fields = ("user",)


@admin.register(DateOverride)
class DateOverrideAdmin(DeclaredFilters):
    list_display = ("user", "date", "shown_hours")
    list_select_related = ("user",)
    date_hierarchy = "date"
    search_fields = ("user__username", "user__email", "user__first_name", "user__last_name")
    autocomplete_fields = ("user",)

    @admin.display(description=_("working hours"))
    def shown_hours(self, override: DateOverride) -> str:
        return override.hours


@admin.register(Closure)
class ClosureAdmin(DeclaredFilters):
    list_display = ("name", "user", "first", "last", "kind")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("name", "user__username", "user__email", "user__first_name", "user__last_name")
    autocomplete_fields = ("user",)


@admin.register(BlockedSlot)
class BlockedSlotAdmin(DeclaredFilters):
    list_display = ("user", "start", "end", "created_at")
    list_select_related = ("user",)
    date_hierarchy = "start"
    search_fields = ("user__username", "user__email", "user__first_name", "user__last_name")
    autocomplete_fields = ("user",)
    exclude = ("note",)
    readonly_fields = ("created_at",)
