"""A practice can require a second factor. Who has none sets one up after signing in, and can do nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Case, Exists, OuterRef, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from practice.models import Practice, User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor. Recovery codes only stand in for one of these."""


def has_second_factor(user: User) -> bool:
    """Is the user asked for more than the password?"""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def refresh(users: QuerySet[User]) -> None:
    """Note on the rows of these users whether the practice requires a second factor that they do not have."""
    required = Practice.objects.filter(second_factor_required=True).exists()
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    users.update(must_set_up_second_factor=Case(When(Exists(factor), then=False), default=required))


def lead_to_set_up(request: HttpRequest) -> HttpResponse:
    """The answer to whoever must set up a second factor first."""
    address = reverse("mfa_index")
    return HttpResponseClientRedirect(address) if "HX-Request" in request.headers else redirect(address)


def after_set_up(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorate a view outside the pages for staff: whoever must set up a second factor is led there."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.must_set_up_second_factor:
            return lead_to_set_up(request)
        return view(request, *args, **kwargs)

    return wrapped
