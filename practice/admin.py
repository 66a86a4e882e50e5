"""For support: who works here, and what the practice says about itself."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import admin as accounts_admin
from allauth.mfa import admin as factors_admin
from allauth.usersessions import admin as sessions_admin
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice.activity.role_notes import DECIDING, note_role
from practice.models import Practice, User
from practice.team.invitations import revoke_all_by
from practice.team.role_changes import LastOwner, lock_owners, require_another_owner

# With what allauth registers, support could change how others sign in, and see where they are. Not in this admin.
for library in (accounts_admin, factors_admin, sessions_admin):
    for model in apps.get_app_config(library.__name__.split(".")[1]).get_models():
        if admin.site.is_registered(model):
            admin.site.unregister(model)

LOOKUPS = frozenset({"exact", "in", "isnull", "gt", "gte", "lt", "lte", "id__exact", "year", "month", "day"})
"""What the filters and the date hierarchy of a list write behind the name of a field."""


class DeclaredFilters(admin.ModelAdmin[Any]):
    """A list that is filtered only by what it declares. Django would answer for every field, shown or not."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        declared = [name for name in (self.date_hierarchy, *self.list_filter) if isinstance(name, str)]
        return any(
            lookup == name or (lookup.startswith(f"{name}__") and lookup.removeprefix(f"{name}__") in LOOKUPS)
            for name in declared
        )


class StaffForm(UserChangeForm[User]):
    """A user. The only owner of the practice stays one."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        owns = cleaned.get("role") == User.Role.OWNER or cleaned.get("is_superuser")
        if not owns:
            try:
                require_another_owner(self.instance, lock_owners())  # the admin saves in one transaction
            except LastOwner as refusal:
                raise ValidationError(str(refusal)) from None
        return cleaned


@admin.register(User)
class StaffAdmin(DeclaredFilters, UserAdmin):  # type: ignore[type-arg]
    """Django's own pages for users, with what is particular to Kalends."""

    list_display = ("username", "email", "first_name", "last_name", "role", "is_active")
    list_filter = ("role", "is_active", "is_staff", "is_superuser")
    search_fields = ("username", "email", "first_name", "last_name", "slug")
    readonly_fields = ("is_active",)  # deactivating is more than that: bookings.actions.leaving
    fieldsets = (*(UserAdmin.fieldsets or ()), (_("Practice"), {"fields": ("role", "slug", "language", "clock")}))
    form = StaffForm
    add_fieldsets = (
        *UserAdmin.add_fieldsets,
        (_("Practice"), {"fields": ("first_name", "last_name", "email", "role")}),
    )

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """What Django tells before it deletes; all owners at once are protected."""
        listed, counts, lacking, protected = super().get_deleted_objects(objs, request)
        owners = list(User.owners())
        return listed, counts, lacking, [*protected, *(owners if {*owners} <= {*objs} else ())]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change or DECIDING.intersection(form.changed_data):
            note_role(obj, timezone.now(), actor=cast(User, request.user))
        if not User.owners().filter(pk=obj.pk).exists():
            revoke_all_by(obj, now=timezone.now())


@admin.register(Practice)
class PracticeAdmin(DeclaredFilters):
    list_display = ("__str__", "country", "time_zone", "language", "email", "phone")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Practice.objects.exists()
