"""The demo's page: an iPhone, Kalends and a client's phone side by side, and buttons for what happens at Apple."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from hashlib import blake2b
from zoneinfo import ZoneInfo

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from bookings.push import outbox
from connections.models import Connection
from connections.sync.poll import refresh_all
from practice.models import User
from sandbox.demo import icloud, people
from sandbox.demo.mails import count, latest
from sandbox.demo.scene import Scene, later_start, next_event, scene

_CSRF = re.compile(r"csrfmiddlewaretoken\W+value=.\w+|X-CSRFToken\W+\w+")  # differs in each response


@csp_update({"frame-src": [SELF, settings.DEMO_APPLE_URL]})
def page(request: HttpRequest) -> HttpResponse:
    """The whole page, which is the only one that may show the sandbox's pages in a frame."""
    now = scene(request.user, now=timezone.now())
    body, _version = _bar(request, now)
    return render(request, "sandbox/demo.html", {"scene": now, "bar": body})


def bar(request: HttpRequest) -> HttpResponse:
    """The buttons as they are now; 204 when nothing has changed, a reload of the page when somebody else signed in."""
    now = scene(request.user, now=timezone.now())
    if request.GET.get("as", "") != _who(now):
        return HttpResponseClientRefresh()
    body, version = _bar(request, now)
    if request.GET.get("seen") == version:
        return HttpResponse(status=204)
    return HttpResponse(body)


def mails(request: HttpRequest) -> HttpResponse:
    """The mails that clients and staff would have got."""
    return render(request, "sandbox/mails.html", {"mails": latest()})


@require_POST
def sign_in(request: HttpRequest, username: str) -> HttpResponse:
    """Sign in one of the demo's staff members, without a password."""
    if people.person(username) is None:
        raise Http404
    user = get_object_or_404(User, username=username)
    login(request, user)
    return redirect("demo:page")


@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Execute the action of a button, and say what has happened."""
    do = VERBS.get(verb)
    if do is None:
        raise Http404
    before = scene(request.user, now=timezone.now())
    try:
        said = do(before)
    except icloud.Refused as error:
        said = str(error)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("demo:page")
    body, _version = _bar(request, scene(request.user, now=timezone.now()))
    return HttpResponse(body + render_to_string("sandbox/_said.html", {"said": said, "later": True}))


# --- actions of the buttons -----------------------------------------------------------------------------------


def _drag(before: Scene) -> str:
    """Drag the next booking to an open hour. iCloud is asked first, so that the hour is open there as well."""
    now = timezone.now()
    users = User.objects.filter(username=before.person.username).values_list("pk", flat=True)
    refresh_all(list(users), now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    event = next_event(before.person, now=now)
    if event is None:
        return _("No booking of %(name)s stands on an iPhone yet.") % {"name": before.person.name}
    start = later_start(event.booking, now=now)
    if start is None:
        return _("%(booking)s was not dragged: no later hour is open in the next two weeks.") % {
            "booking": event.booking
        }
    icloud.say("drag", account=event.account, uid=event.uid, start=start.isoformat())
    local = start.astimezone(ZoneInfo(before.person.zone))
    return _("On the iPhone, %(booking)s begins on %(time)s now. Kalends follows within seconds.") % {
        "booking": event.booking,
        "time": formats.date_format(local, "DATETIME_FORMAT"),
    }


def _ill(before: Scene) -> str:
    """Enter an all-day event on the iPhone, which covers all bookings of tomorrow."""
    day = date.fromisoformat(icloud.say("ill", account=before.person.apple_ids[0])["day"])
    return _(
        "On the iPhone, %(name)s is ill on %(day)s. Kalends asks what becomes of the bookings, under Proposals."
    ) % {"name": before.person.name, "day": formats.date_format(day)}


def _revoke(before: Scene) -> str:
    apple_id = before.person.apple_ids[0]
    icloud.say("revoke", account=apple_id)
    return _(
        "The app-specific passwords of %(apple_id)s are revoked. Kalends notices with its next request, stops syncing "
        "and shows how to reconnect."
    ) % {"apple_id": apple_id}


def _toggle(before: Scene) -> str:
    icloud.say("down", on=not before.apple.down)
    if not before.apple.down:
        return _(
            "iCloud is down now. Book something: Kalends shows how old its calendar data is and how long it trusts it."
        )
    # After failures Kalends waits longer and longer before the next try; the demo retries at once.
    now = timezone.now()
    Connection.objects.filter(needs_attention=False).update(next_sync_at=now, not_before=None)
    outbox.push_due(now, force=True)
    return _("iCloud is up again. Kalends syncs at once and sends what was waiting.")


VERBS: dict[str, Callable[[Scene], str]] = {"drag": _drag, "ill": _ill, "revoke": _revoke, "down": _toggle}


# --- the bar --------------------------------------------------------------------------------------------------


def _who(now: Scene) -> str:
    return now.person.username if now.signed_in else ""


def _bar(request: HttpRequest, now: Scene) -> tuple[SafeString, str]:
    """The part of the page that changes, and its version.

    Signing in inside the frame changes the token that the forms here must send, so that counts as a change too.
    """
    context = {"scene": now, "people": people.PEOPLE, "who": _who(now), "mails": count()}
    body = render_to_string("sandbox/_bar.html", context, request)
    secret = request.META.get("CSRF_COOKIE", "")
    version = blake2b((_CSRF.sub("", body) + secret).encode(), digest_size=8).hexdigest()
    return SafeString(body.replace("@version@", version)), version
