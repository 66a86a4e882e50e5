"""The admin. Browsers store none of its pages: the next person at the computer could go back to them.

People sign in and change their password on the same pages as everywhere.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from practice.second_factor.required import after_set_up
from practice.sign_in.views import sign_in


class SupportSite(AdminSite):
    site_header = gettext_lazy("Kalends administration")
    site_title = site_header

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Django lets browsers store some pages, such as the one to change the password; this site none."""
        return super().admin_view(after_set_up(view), cacheable=False)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Whoever signed in and may not use the admin is told so: to sign in again would not help."""
        return _sign_in(request, self)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")


@never_cache
def _sign_in(request: HttpRequest, site: SupportSite) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return sign_in(request)
    if not site.has_permission(request):
        raise PermissionDenied
    return redirect("admin:index")
