"""The own page: name, public name, password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from practice.account.forms import AccountForm
from practice.forms import posted
from practice.models import User
from practice.roles import Action
from practice.sign_in import tries
from practice.staff_page import StaffRequest, staff_page

FREE_PASSWORD_CHANGES = {"account": 5}


@staff_page(Action.MANAGE_OWN_ACCOUNT)
def account(request: StaffRequest) -> HttpResponse:
    """Own name and public name."""
    form = AccountForm(posted(request), instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("practice:account")
    return render(request, "practice/account.html", {"form": form})


@sensitive_post_parameters()
@staff_page(Action.MANAGE_OWN_ACCOUNT)
def change_password(request: StaffRequest) -> HttpResponse:
    """A new password for somebody who knows the old one."""
    keys = {"account": tries.key_of("change_password", str(request.user.pk))}
    if request.method == "POST" and (seconds := tries.seconds_left(keys.values(), request.now)):
        return tries.wait_page(request, seconds, password=True)
    form = PasswordChangeForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        tries.forget(keys.values())
        update_session_auth_hash(request, form.save())
        messages.success(request, _("Your password is changed. Other devices are signed out."))
        return redirect("practice:account")
    if "old_password" in form.errors:
        tries.count(keys, FREE_PASSWORD_CHANGES, request.now)
    return render(request, "practice/password_change.html", {"form": form})
