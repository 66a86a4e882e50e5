"""What a form is filled in with before the client has typed anything.

An address may say it (`?name=…&email=…&q_KEY=…`), or an opaque token in it. The pages turn the first into the second at
once, so that no name goes from page to page in addresses. A token is encrypted and has the texts themselves, or the
link of a client who books again. Answers to private questions are never filled in.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import wraps

from cryptography.fernet import Fernet, InvalidToken
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from bookings.links import LinkState, derived_keys, link_token
from bookings.models import Seat, Service
from bookings.models.questions.question import FIELD_PREFIX
from bookings.public.page import MAX_TOKEN, PREFILL, P, Page, PublicRequest, asked, private
from bookings.public.visitor import typed_fields

CONTACT = ("name", "email", "phone")
VALID = timedelta(days=90)
_PURPOSE = "kalends prefilled form"
_LINK = "link"


def prefill_token(texts: Mapping[str, str], now: datetime) -> str:
    """The token that fills in these texts, by the names of the fields. The longest are left out of a token too long."""
    kept = dict(texts)
    token = _seal(kept, now)
    while len(token) > MAX_TOKEN:
        del kept[max(kept, key=lambda name: len(kept[name].encode()))]
        token = _seal(kept, now)
    return token


def seat_prefill_token(seat: Seat, now: datetime) -> str:
    """The token that fills in what a client said for another appointment. It is worth as much as their link."""
    return _seal({_LINK: link_token(seat.public_id, seat.link_generation)}, now)


def prefilled(request: HttpRequest, service: Service, now: datetime) -> dict[str, str]:
    """What the token in the address fills in, by the names of the fields; nothing without a token that counts."""
    texts = _opened(asked(request, PREFILL), now)
    if _LINK in texts:
        texts = _texts_of_link(texts[_LINK], now)
    known = {*CONTACT, *(one.field_name for one in service.questions.filter(private=False))} if texts else ()
    return {name: text for name, text in texts.items() if name in known and text}


def with_token(view: Page[P]) -> Page[P]:
    """Lead from an address that says who books to the same with a token; nobody keeps or lists either."""

    @wraps(view)
    def wrapped(request: PublicRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        said = [name for name in request.GET if name in CONTACT or name.startswith(FIELD_PREFIX)]
        if not said or request.method == "POST":
            response = view(request, *args, **kwargs)
            return private(response) if asked(request, PREFILL) else response
        query = request.GET.copy()
        query[PREFILL] = prefill_token(_texts_of_address(request), request.now)
        for name in said:
            del query[name]
        return private(HttpResponseRedirect(f"{request.path}?{query.urlencode()}"))

    return wrapped


def _texts_of_address(request: HttpRequest) -> dict[str, str]:
    typed = typed_fields(request.GET)
    return {name: text for name, text in typed.items() if name in CONTACT or name.startswith(FIELD_PREFIX)}


def _texts_of_link(token: str, now: datetime) -> dict[str, str]:
    """What the client said for the appointment to which the link leads."""
    state, seat = Seat.objects.of_link(token, now)
    if seat is None or state is not LinkState.VALID:
        return {}
    contact = {"name": seat.client.name, "email": seat.address, "phone": seat.number}
    return contact | seat.answer_texts


def _seal(texts: Mapping[str, str], now: datetime) -> str:
    data = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()
    return _fernets()[0].encrypt_at_time(data, int(now.timestamp())).decode().rstrip("=")


def _opened(token: str, now: datetime) -> dict[str, str]:
    padded = f"{token}{'=' * (-len(token) % 4)}"
    for fernet in _fernets() if token else ():
        try:
            opened = fernet.decrypt_at_time(padded, int(VALID.total_seconds()), int(now.timestamp()))
        except InvalidToken:
            continue
        return dict(json.loads(opened))
    return {}


def _fernets() -> list[Fernet]:
    return [Fernet(urlsafe_b64encode(key)) for key in derived_keys(_PURPOSE)]
