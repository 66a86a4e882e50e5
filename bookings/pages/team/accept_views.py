"""What the link of an invitation opens: whoever has it makes their own account."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from availability.new_staff import create_staff
from bookings.pages.team.forms import AcceptForm
from connections.models import CalendarConfiguration
from practice.activity.journal import note
from practice.client_address import address_group
from practice.forms import posted
from practice.language import in_client_language
from practice.models import Activity, Invitation, Practice, User
from practice.roles import Action, may
from practice.sign_in import tries
from practice.team.invitations import InvitationOver, accept, why_not_invited
from practice.team.links import LinkWorth, read_link

FREE_ACCEPT_TRIES = {"address": 20}


@sensitive_post_parameters("password1", "password2")
@never_cache
@in_client_language
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link, or why it no longer works. A GET changes nothing: mail programs open links too."""
    now, keys = timezone.now(), _accept_keys(request)
    if seconds := tries.seconds_left(keys.values(), now):
        return tries.wait_page(request, seconds, password=False)
    link = read_link(token, now)
    if request.method == "POST" or link.worth is LinkWorth.UNKNOWN:
        tries.count(keys, FREE_ACCEPT_TRIES, now)
    if link.worth is not LinkWorth.VALID or link.invitation is None:
        return _over(request, link.worth)
    if request.user.is_authenticated or why_not_invited(link.invitation.email):
        context = {"signed_in": request.user.is_authenticated}
        return render(request, "bookings/team/invitation_not_needed.html", context)
    return _accept(request, token, link.invitation)


def _accept(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    form = AcceptForm(posted(request), invitation)
    if request.method == "POST" and form.is_valid():
        try:
            return _sign_in(request, _join(form.save(commit=False), token))
        except InvitationOver:
            return _over(request, read_link(token, timezone.now()).worth)
        except IntegrityError:
            form.add_error("username", _("Somebody else has just taken this name. Choose another."))
    context = {"form": form, "invitation": invitation, "practice": Practice.current()}
    return render(request, "bookings/team/invitation.html", context)


@transaction.atomic
def _join(user: User, token: str) -> User:
    """Make the user, with everything that somebody of this role has, and end the invitation."""
    now = timezone.now()
    invitation = accept(token, now=now)
    user.email, user.role = invitation.email, invitation.role
    if may(user, Action.MANAGE_OWN_CALENDAR):
        create_staff(user, CalendarConfiguration())
    else:
        user.save()
    note(Activity.Kind.JOINED, now, actor=user, detail=user.role)
    return user


def _sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in; whoever must set up a second factor is led there by the first page, without the password again."""
    record_authentication(request, user, method="password")
    login(request, user)
    return redirect("week:page")


def _over(request: HttpRequest, worth: LinkWorth) -> HttpResponse:
    """Why the link does not work, and what to do. The answer is not logged as an error: the address is secret."""
    return render(request, "bookings/team/invitation_over.html", {"worth": worth})


def _accept_keys(request: HttpRequest) -> dict[str, str]:
    address = address_group(request)
    return {"address": tries.key_of("accept_address", address)} if address else {}
