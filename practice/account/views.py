"""The own pages: names, language and clock, and another e-mail address. What allauth has is in urls.py."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from practice.account.email_change import EmailChange, NotSent
from practice.account.forms import AccountForm, EmailForm
from practice.forms import posted
from practice.language import page_language
from practice.models import User
from practice.roles import Action
from practice.second_factor.required import has_second_factor
from practice.sign_in import tries
from practice.staff_page import StaffRequest, staff_page

FREE_EMAIL_CHANGES = {"account": 5}


@staff_page(Action.MANAGE_OWN_ACCOUNT)
def account(request: StaffRequest) -> HttpResponse:
    """Own name, public name, language and clock, and links to the other pages of the account."""
    form = AccountForm(posted(request), instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        request.user = form.save()
        translation.activate(page_language(request))  # what is said now is read on the next page
        messages.success(request, _("Saved."))
        return redirect("practice:account")
    context = {"form": form, "has_second_factor": has_second_factor(request.user)}
    return render(request, "practice/account.html", context)


@staff_page(Action.MANAGE_OWN_ACCOUNT)
@reauthentication_required(app="practice")  # type: ignore[untyped-decorator]
def change_email(request: StaffRequest) -> HttpResponse:
    """Take another address, and mail a link to it."""
    old = request.user.email
    form = EmailForm(posted(request), user=User.objects.get(pk=request.user.pk))
    if request.method != "POST" or not form.is_valid():
        return render(request, "practice/account/email.html", {"form": form, "old": old})
    keys = {"account": tries.key_of("change_email", str(request.user.pk))}
    if seconds := tries.seconds_left(keys.values(), request.now):
        return tries.wait_page(request, seconds, password=False)
    tries.count(keys, FREE_EMAIL_CHANGES, request.now)
    new = form.cleaned_data["email"]
    try:
        EmailChange(request.user.pk, old, new).send_link()
    except NotSent:
        form.add_error("email", _("The e-mail could not be sent. Check the address, or try again later."))
        return render(request, "practice/account/email.html", {"form": form, "old": old})
    sentence = _("A link is on its way to %(address)s. Your address changes when it is opened.")
    messages.success(request, sentence % {"address": new})
    return redirect("practice:account")


@never_cache
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in the mail opens. Only its button changes the address, because mail programs open links too."""
    change = EmailChange.of_token(token)
    if change is None or request.method != "POST":
        return render(request, "practice/account/email_confirm.html", {"change": change})
    if not _apply(change):
        return render(request, "practice/account/email_confirm.html", {"change": None})
    messages.success(request, _("Your e-mail address is now %(address)s.") % {"address": change.new})
    return redirect("practice:account")


def _apply(change: EmailChange) -> bool:
    """Give the user the new address, and tell the old one; False if somebody else has it by now."""
    user = change.user
    if user is None:
        return False
    user.email = change.new
    try:
        user.full_clean(exclude=["password"])
    except ValidationError:
        return False
    user.save(update_fields=["email"])
    if change.old:
        get_adapter().send_notification_mail(
            "account/email/email_changed", user, {"to_email": change.new}, email=change.old
        )
    return True
