"""The admin. Browsers store none of its pages: the next person at the computer could go back to them."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite


class SupportSite(AdminSite):
    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Django lets browsers store some pages, such as the one to change the password; this site none."""
        return super().admin_view(view, cacheable=False)
