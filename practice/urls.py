"""Signing in, the own account, the first run, settings and activity of the practice, and what public pages load."""

from __future__ import annotations

from django.contrib.auth import views as auth
from django.urls import path, re_path, reverse_lazy
from django.views.generic import TemplateView

from practice.account.views import account, change_password
from practice.activity.views import activity
from practice.booking_page.views import qr_page, qr_picture
from practice.profile.brand_views import colour, logo
from practice.settings_page.views import change_logo, practice_settings
from practice.setup.views import first_run
from practice.sign_in.password_reset import ask_for_link
from practice.sign_in.views import throttled

reset_confirm = auth.PasswordResetConfirmView.as_view(
    template_name="registration/reset_confirm.html", success_url=reverse_lazy("practice:reset_complete")
)

app_name = "practice"
urlpatterns = [
    path("accounts/login/", throttled(auth.LoginView.as_view(redirect_authenticated_user=True)), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("accounts/password/reset/", ask_for_link, name="reset"),
    path(
        "accounts/password/reset/sent/",
        TemplateView.as_view(template_name="registration/reset_sent.html"),
        name="reset_sent",
    ),
    path(
        "accounts/password/reset/complete/",
        TemplateView.as_view(template_name="registration/reset_complete.html"),
        name="reset_complete",
    ),
    path("accounts/password/reset/<uidb64>/<token>/", reset_confirm, name="reset_confirm"),
    path("accounts/password/change/", change_password, name="change_password"),
    path("account/", account, name="account"),
    path("setup/<str:token>/", first_run, name="setup"),
    path("team/activity/", activity, name="activity"),
    path("team/settings/", practice_settings, name="settings"),
    path("team/settings/logo/", change_logo, name="change_logo"),
    path("team/qr-code/", qr_page, name="qr_page"),
    path("team/qr-code/svg/", qr_picture, {"kind": "svg"}, name="qr_svg"),
    path("team/qr-code/png/", qr_picture, {"kind": "png"}, name="qr_png"),
    path("brand/logo/<slug:digest>/", logo, name="logo"),
    re_path(r"^brand/(?P<digits>[0-9a-f]{6})\.css$", colour, name="colour"),
]
