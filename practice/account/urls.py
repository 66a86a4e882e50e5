"""The pages of allauth in our templates, with the names by which allauth finds them.

There is no page to sign up. Whoever is invited gets one of its own, which signs in with `django.contrib.auth.login`.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as accounts
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as apps
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions.views import ListUserSessionsView
from django.urls import path, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import RedirectView, TemplateView

from practice.roles import Action
from practice.sign_in.password_reset import ask_for_link
from practice.sign_in.views import View, own_account, pending_account, sign_in, throttled, unknown_account
from practice.staff_page import staff_page

FACTORS_PAGE, RESET_PAGE = reverse_lazy("mfa_index"), reverse_lazy("account_reset_password")
takes_secrets = sensitive_post_parameters()  # neither error reports nor pages that send a form again have them


def own_page(view: Any, template: str, *, before_set_up: bool = False, **more: Any) -> View:
    """A page of allauth for whoever is signed in; `before_set_up` also where a second factor must be set up first."""
    asked = staff_page(Action.MANAGE_OWN_ACCOUNT, before_set_up=before_set_up)
    page: View = asked(view.as_view(template_name=f"practice/{template}", **more))
    return page


def factor_page(view: Any, template: str, **more: Any) -> View:
    """A page with which somebody sets up a second factor."""
    return own_page(view, f"second_factor/{template}", before_set_up=True, **more)


def confirm_page(view: Any, template: str, *, password: bool) -> View:
    """A page that asks again who somebody is, before something dangerous."""
    page = own_page(view, f"account/{template}", before_set_up=True)
    return throttled(own_account, password=password)(takes_secrets(page))


new_password = throttled(own_account)(takes_secrets(own_page(accounts.PasswordChangeView, "password_change.html")))
second_step = throttled(pending_account, password=False)(
    takes_secrets(factors.AuthenticateView.as_view(template_name="registration/second_factor.html"))
)
password_from_link = never_cache(
    takes_secrets(accounts.PasswordResetFromKeyView.as_view(template_name="registration/reset_confirm.html"))
)
passkey_alone = throttled(unknown_account, password=False)(passkeys.LoginWebAuthnView.as_view())

urlpatterns = [
    # Signing in and out, and a new password for somebody who forgot theirs.
    path("accounts/login/", sign_in, name="account_login"),
    path("accounts/login/second-factor/", second_step, name="mfa_authenticate"),
    path("accounts/login/passkey/", passkey_alone, name="mfa_login_webauthn"),
    path("accounts/logout/", accounts.LogoutView.as_view(http_method_names=["post"]), name="account_logout"),
    path("accounts/password/reset/", ask_for_link, name="account_reset_password"),
    path(
        "accounts/password/reset/sent/",
        TemplateView.as_view(template_name="registration/reset_sent.html"),
        name="account_reset_password_done",
    ),
    path(
        "accounts/password/reset/complete/",
        TemplateView.as_view(template_name="registration/reset_complete.html"),
        name="account_reset_password_from_key_done",
    ),
    path(
        "accounts/password/reset/<uidb36>/<key>/",
        password_from_link,
        name="account_reset_password_from_key",
    ),
    # The own account.
    path("account/password/", new_password, name="account_change_password"),
    path("accounts/password/change/", new_password),  # browsers and password managers may know it
    # Whoever has no password gets one by mail.
    path("account/password/set/", RedirectView.as_view(url=RESET_PAGE), name="account_set_password"),
    path("account/sessions/", own_page(ListUserSessionsView, "account/sessions.html"), name="usersessions_list"),
    path(
        "account/confirm/",
        confirm_page(accounts.ReauthenticateView, "confirm.html", password=True),
        name="account_reauthenticate",
    ),
    path(
        "account/confirm/code/",
        confirm_page(factors.ReauthenticateView, "confirm.html", password=False),
        name="mfa_reauthenticate",
    ),
    path(
        "account/confirm/passkey/",
        confirm_page(passkeys.ReauthenticateWebAuthnView, "confirm_passkey.html", password=False),
        name="mfa_reauthenticate_webauthn",
    ),
    # Second factors.
    path("account/second-factor/", factor_page(factors.IndexView, "page.html"), name="mfa_index"),
    path("account/second-factor/app/", factor_page(apps.ActivateTOTPView, "app.html"), name="mfa_activate_totp"),
    path(
        "account/second-factor/app/remove/",
        factor_page(apps.DeactivateTOTPView, "app_remove.html"),
        name="mfa_deactivate_totp",
    ),
    path("account/second-factor/passkeys/", RedirectView.as_view(url=FACTORS_PAGE), name="mfa_list_webauthn"),
    path(
        "account/second-factor/passkeys/add/",
        factor_page(passkeys.AddWebAuthnView, "passkey_add.html"),
        name="mfa_add_webauthn",
    ),
    path(
        "account/second-factor/passkeys/<int:pk>/",
        factor_page(passkeys.EditWebAuthnView, "passkey_edit.html", success_url=FACTORS_PAGE),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/second-factor/passkeys/<int:pk>/remove/",
        factor_page(passkeys.RemoveWebAuthnView, "passkey_remove.html", success_url=FACTORS_PAGE),
        name="mfa_remove_webauthn",
    ),
    path(
        "account/second-factor/codes/",
        factor_page(codes.ViewRecoveryCodesView, "codes.html"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/codes/new/",
        factor_page(codes.GenerateRecoveryCodesView, "codes_new.html"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/second-factor/codes/download/",
        factor_page(codes.DownloadRecoveryCodesView, "codes.txt"),
        name="mfa_download_recovery_codes",
    ),
]
