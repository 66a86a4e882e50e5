"""The demo's page and buttons; config.urls includes these URLs only when DEMO is on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import translation

from sandbox.demo import views

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def in_english(view: View[P]) -> View[P]:
    """The demo around Kalends has no other language, and its dates and shared words must not have one either."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        with translation.override("en"):
            return view(request, *args, **kwargs)

    return answer


app_name = "demo"
urlpatterns = [
    path("", in_english(views.page), name="page"),
    path("bar/", in_english(views.bar), name="bar"),
    path("mails/", views.mails, name="mails"),
    path("sign-in/<slug:username>/", views.sign_in, name="sign_in"),
    path("<slug:verb>/", in_english(views.act), name="act"),
]
