"""A new password by e-mail for somebody who forgot theirs.

The page says and does the same whether it knows the address or not; the worker sends the mail, so that nobody can tell
by the time that the answer takes.
"""

from __future__ import annotations

from typing import Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django_q.tasks import async_task

from practice.client_address import address_group
from practice.forms import posted
from practice.language import mail_language
from practice.mails.content import Button, Content, Heading, paragraph
from practice.mails.message import mail_from_practice
from practice.models import User
from practice.sign_in import tries

FREE_RESETS: Final = {"email": 3, "address": 20}
MAX_RESET_WAIT_SECONDS: Final = 15 * 60
"""Nobody’s mailbox is filled by a stranger."""


class ForgottenPasswordForm(forms.Form):
    """The e-mail address of somebody who forgot their password."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


@never_cache
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """The page that takes the address."""
    form = ForgottenPasswordForm(posted(request))
    if request.method != "POST" or not form.is_valid():
        return render(request, "registration/reset_form.html", {"form": form})
    email, now = form.cleaned_data["email"], timezone.now()
    keys = _reset_keys(request, email)
    if seconds := tries.seconds_left(keys.values(), now):
        return tries.wait_page(request, seconds, password=False)
    tries.count(keys, FREE_RESETS, now, max_wait_seconds=MAX_RESET_WAIT_SECONDS)
    async_task("practice.sign_in.password_reset.send_links", [user.pk for user in _users(email)])
    return redirect("account_reset_password_done")


def send_links(user_ids: list[int]) -> None:
    """Task: mail each of these users a link with which they can set a new password."""
    for user in User.objects.filter(pk__in=user_ids, is_active=True).exclude(email=""):
        with translation.override(mail_language(user)):
            mail_from_practice(_content(user), user.email).send()


def _users(email: str) -> list[User]:
    """Who may set a new password with a mail to this address. Django compares addresses without being misled."""
    return [user for user in PasswordResetForm().get_users(email) if isinstance(user, User)]


def _content(user: User) -> Content:
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    link = f"{settings.BASE_URL}{reverse('account_reset_password_from_key', kwargs=key)}"
    heading = _("Set a new password")
    why = _("Somebody, probably you, asked for a new password for the user name %(name)s. Set it here within one day:")
    ignore = _("If it was not you, you need not do anything: your password stays as it is.")
    blocks = (
        Heading(heading),
        paragraph(why % {"name": user.username}),
        Button(heading, link),
        paragraph(ignore, is_small=True),
    )
    return Content(heading, translation.get_language() or settings.LANGUAGE_CODE, blocks)


def _reset_keys(request: HttpRequest, email: str) -> dict[str, str]:
    keys = {"email": tries.key_of("reset_email", email.casefold())}
    if address := address_group(request):
        keys["address"] = tries.key_of("reset_address", address)
    return keys
