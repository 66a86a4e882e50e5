"""The own account, the first run, settings and activity of the practice, and what public pages load.

Signing in and what else allauth does is in practice.account.urls.
"""

from __future__ import annotations

from django.urls import path, re_path

from practice.account.views import account, change_email, confirm_email
from practice.activity.views import activity
from practice.booking_page.views import qr_page, qr_picture
from practice.home_screen.views import manifest, offline, service_worker
from practice.profile.brand_views import colour, logo
from practice.settings_page.views import change_logo, practice_settings
from practice.setup.views import first_run

app_name = "practice"
urlpatterns = [
    path("account/", account, name="account"),
    path("account/email/", change_email, name="change_email"),
    path("account/email/confirm/<str:token>/", confirm_email, name="confirm_email"),
    path("setup/<str:token>/", first_run, name="setup"),
    path("team/activity/", activity, name="activity"),
    path("team/settings/", practice_settings, name="settings"),
    path("team/settings/logo/", change_logo, name="change_logo"),
    path("team/qr-code/", qr_page, name="qr_page"),
    path("team/qr-code/svg/", qr_picture, {"kind": "svg"}, name="qr_svg"),
    path("team/qr-code/png/", qr_picture, {"kind": "png"}, name="qr_png"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("service-worker.js", service_worker, name="service_worker"),
    path("offline/", offline, name="offline"),
    path("brand/logo/<slug:digest>/", logo, name="logo"),
    re_path(r"^brand/(?P<digits>[0-9a-f]{6})\.css$", colour, name="colour"),
]
