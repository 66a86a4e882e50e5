from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticeConfig(AppConfig):
    """The practice, the people who work in it, and what they may do."""

    name = "practice"
    verbose_name = _("Practice")

    def ready(self) -> None:
        from practice.activity import sign_ins as _activity  # noqa: F401 - registering is their effect
        from practice.profile import limit_in_force as _limit  # noqa: F401
        from practice.second_factor import receivers as _factors  # noqa: F401
        from practice.sign_in import receivers as _sign_in  # noqa: F401
