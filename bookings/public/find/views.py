"""Mail somebody the links of their upcoming appointments. The answer is the same for every address."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.notifications.mails import asked_links
from bookings.public.find.forms import FindForm
from bookings.public.page import (
    PublicRequest,
    is_language_chosen,
    kept_query,
    message,
    private,
    public_page,
    show,
    with_language_chosen,
)
from bookings.public.proof import Proof, challenge_for, take_proof
from bookings.public.visitor import visitor_of

SENT = "sent"
FORM = "find"
"""The name of the form."""


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def find(request: PublicRequest) -> HttpResponse:
    """The form; a POST asks for the e-mail."""
    if SENT in request.GET:
        return private(_we_have_sent(request))
    is_sent = request.method == "POST" and not is_language_chosen(request)
    form = FindForm(request.POST if is_sent else None, initial={"email": request.POST.get("email", "")})
    if not is_sent or not form.is_valid():
        return _show(request, form)
    if alert := _unproven(take_proof(request, FORM)):
        return _show(request, form, alert)
    address_key = visitor_of(request, "").address_key
    if not asked_links.may_ask(address_key, request.now):
        return private(_too_often(request))
    if not form.cleaned_data["website"]:
        asked_links.ask(form.cleaned_data["email"], address_key=address_key, now=request.now)
    return to_sent(request)


def _show(request: PublicRequest, form: FindForm, alert: str = "") -> HttpResponse:
    context = {
        "form": form,
        "alert": alert,
        "challenge": challenge_for(request, FORM),
        "language_action": with_language_chosen(reverse("public:find")),
    }
    return private(show(request, "public/find/page.html", context))


def _unproven(proof: Proof) -> str:
    """What is wrong with a proof; "" for nothing. There is no other way: anybody may type any address here."""
    return {
        Proof.ENOUGH: "",
        Proof.NONE: _("Your browser could not prove that it is not a robot. Please call us."),
        Proof.UNUSABLE: _("Please check what you typed, and send it again."),
    }[proof]


def to_sent(request: PublicRequest) -> HttpResponse:
    """To the page that says so, in the language of the form."""
    language = request.GET.get("lang") or request.POST.get("lang")
    query = kept_query(request, staff=None, zone=None, lang=language, **{SENT: "yes"})
    return private(HttpResponseRedirect(f"{reverse('public:find')}{query}", status=303))


def _we_have_sent(request: PublicRequest) -> HttpResponse:
    """What everybody reads: it says nothing about the address."""
    return message(
        request,
        _("We have sent you an e-mail"),
        _("It lists the upcoming appointments of this address, if there are any. It arrives within some minutes."),
        status=200,
    )


def _too_often(request: PublicRequest) -> HttpResponse:
    sentence = _("Too many e-mails were asked for from your connection. Please try again in an hour, or call us.")
    return message(request, _("Please try again later"), sentence, status=429)
