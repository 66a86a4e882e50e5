"""The first run: whoever has the secret address makes the owner and the practice."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from practice.client_address import address_group
from practice.forms import posted
from practice.language import browser_language
from practice.models import Practice
from practice.setup.forms import OwnerForm, PlaceForm
from practice.setup.owner import AlreadySetUp, set_up
from practice.setup.token import is_first_run, is_setup_token
from practice.sign_in import tries

FREE_SETUP_TRIES = {"address": 20}


@csrf_exempt  # no other site knows the address; a refusal would be logged with it
@sensitive_post_parameters("password1", "password2")
@never_cache
def first_run(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the first run; 404 with a wrong token, and for ever once there is a user."""
    if not is_first_run():
        raise Http404
    now, keys = timezone.now(), _setup_keys(request)
    if seconds := tries.seconds_left(keys.values(), now):
        return tries.wait_page(request, seconds, password=False)
    known = is_setup_token(token)
    if request.method == "POST" or not known:
        tries.count(keys, FREE_SETUP_TRIES, now)
    if not known:
        raise Http404
    return _set_up(request)


def _set_up(request: HttpRequest) -> HttpResponse:
    owner = OwnerForm(posted(request))
    place = PlaceForm(posted(request), instance=Practice.current())
    if request.method != "POST" or not all([owner.is_valid(), place.is_valid()]):
        return render(request, "practice/setup.html", {"owner": owner, "place": place})
    user = owner.save(commit=False)
    user.language = browser_language(request)  # mails to them are in the language that they have just read
    try:
        set_up(user, place.instance)
    except AlreadySetUp:
        raise Http404 from None
    login(request, user)
    return redirect("practice:settings")


def _setup_keys(request: HttpRequest) -> dict[str, str]:
    address = address_group(request)
    return {"address": tries.key_of("setup_address", address)} if address else {}
