"""What can be booked, with everybody or with one person."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from bookings.models import Service
from bookings.notifications.mails.appointment import public_name
from bookings.public.open import not_found, when_open
from bookings.public.page import PublicRequest, kept_query, public_page, show
from bookings.public.prefill import with_token
from practice.models import User


@require_safe
@public_page
@when_open
@with_token
def services(request: PublicRequest) -> HttpResponse:
    return show(request, "public/services/page.html", {"services": Service.objects.listed()})


@require_safe
@public_page
@when_open
@with_token
def services_of(request: PublicRequest, slug: str) -> HttpResponse:
    try:
        person = User.at_slug(slug)
    except User.DoesNotExist:
        return not_found(request)
    offered = list(Service.objects.listed().filter(staff=person)) if person.is_active else []
    if not offered:
        return not_found(request)
    if person.slug != slug:
        return redirect(f"{reverse('public:person', args=[person.slug])}{kept_query(request)}")
    context = {"services": offered, "person": public_name(person), "query": kept_query(request, staff=person.slug)}
    return show(request, "public/services/page.html", context)
