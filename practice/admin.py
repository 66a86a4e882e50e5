"""For support: who works here, and what the practice says about itself."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from practice.models import Practice, User


@admin.register(User)
class StaffAdmin(UserAdmin):  # type: ignore[type-arg]
    """Django's own pages for users, with what is particular to Kalends."""

    list_display = ("username", "email", "first_name", "last_name", "role", "is_active")
    list_filter = ("role", "is_active", "is_staff", "is_superuser")
    search_fields = ("username", "email", "first_name", "last_name", "slug")
    fieldsets = (*(UserAdmin.fieldsets or ()), (_("Practice"), {"fields": ("role", "slug", "language", "clock")}))
    add_fieldsets = (
        *UserAdmin.add_fieldsets,
        (_("Practice"), {"fields": ("first_name", "last_name", "email", "role")}),
    )


@admin.register(Practice)
class PracticeAdmin(admin.ModelAdmin[Practice]):
    list_display = ("__str__", "country", "time_zone", "language", "email", "phone")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Practice.objects.exists()
