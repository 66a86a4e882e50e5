"""Words about clients, for templates."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django import template
from django.template import Context
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bookings.contacts.phones import display_phone
from bookings.models import Client, ClientChange, ClientChangeQuerySet, Seat
from bookings.pages.clients import change_words
from bookings.public.page import PREFILL
from bookings.public.prefill import prefill_token
from practice.booking_page.addresses import booking_address
from practice.models import Practice, User

register = template.Library()
register.filter("headline", change_words.headline)
register.filter("details", change_words.details)


@register.simple_tag(takes_context=True)
def phone(context: Context, number: str) -> str:
    """A phone number as it is written in the practice's country, which is read once a page."""
    if "country" not in context.render_context:
        context.render_context["country"] = Practice.current().country
    return display_phone(number, context.render_context["country"])


@register.filter
def attendance(client: Client) -> str:
    """How often the client came and how often not, of all past bookings for which staff said so."""
    counts = Counter(client.seats.exclude(outcome="").values_list("outcome", flat=True))
    values = {"done": counts[Seat.Outcome.DONE], "missed": counts[Seat.Outcome.NO_SHOW]}
    return _("Came: %(done)s. Did not come: %(missed)s.") % values if counts else ""


@register.simple_tag
def prefilled_link(client: Client, service: str, now: datetime) -> str:
    """The address at which this client books, with their details filled in; `service` is a slug, or "" for any."""
    texts = {"name": client.name, "email": client.email, "phone": client.phone}
    query = {"lang": client.language} if client.language else {}
    query[PREFILL] = prefill_token({name: text for name, text in texts.items() if text}, now)
    return f"{booking_address(service)}?{urlencode(query)}"


@register.simple_tag
def client_news(client: Client, user: User, now: datetime) -> ClientChangeQuerySet:
    """What others changed about a client and the user has not seen, the latest first."""
    return ClientChange.objects.filter(client=client).news_for(user, now).select_related("actor")
