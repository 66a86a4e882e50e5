"""Inviting somebody, sending the link again, and revoking it."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.pages.team.forms import InviteForm
from connections.calendar_page import CalendarRequest, calendar_page
from practice.forms import posted
from practice.models import Invitation
from practice.roles import Action, Role
from practice.team.invitations import InvitationRefused, invite, revoke, send_again


@calendar_page(Action.MANAGE_TEAM)
@reauthentication_required(app="practice")  # type: ignore[untyped-decorator]
def new(request: CalendarRequest) -> HttpResponse:
    """Ask whom to invite, and invite them."""
    form = InviteForm(posted(request), initial={"role": Role.STAFF})
    if request.method != "POST" or not form.is_valid():
        return render(request, "bookings/team/invite.html", {"form": form})
    try:
        invitation = invite(form.cleaned_data["email"], form.chosen, by=request.user, now=request.now)
    except InvitationRefused as refusal:
        form.add_error("email", str(refusal))
        return render(request, "bookings/team/invite.html", {"form": form})
    messages.success(request, _said(invitation))
    return redirect("team:page")


@require_POST
@calendar_page(Action.MANAGE_TEAM)
def resend(request: CalendarRequest, pk: int) -> HttpResponse:
    """Send a new link."""
    try:
        messages.success(request, _said(send_again(pk, by=request.user, now=request.now)))
    except InvitationRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("team:page")


@require_POST
@calendar_page(Action.MANAGE_TEAM)
def revoke_link(request: CalendarRequest, pk: int) -> HttpResponse:
    """Let the link die."""
    try:
        revoke(pk, now=request.now)
        messages.success(request, _("The invitation is revoked. Its link no longer works."))
    except InvitationRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("team:page")


def _said(invitation: Invitation) -> str:
    """What follows. Addresses stay out of messages, which are stored with the session."""
    if invitation.mail_state == Invitation.MailState.BY_HAND:
        return _("This server does not send e-mails. Give the link below to the person you invite.")
    if invitation.generation > 1:
        return _("A new link is on its way. The former one no longer works.")
    return _("The invitation is on its way.")
