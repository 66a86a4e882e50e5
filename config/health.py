"""Is this process alive, and can it serve? For a reverse proxy or a supervisor."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from operations.tables import missing_migrations
from practice.language import without_user


@without_user
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers and has every table; 503 with the reason otherwise. Says nothing else."""
    try:
        behind = bool(missing_migrations())
    except DatabaseError:
        return _answer("the database does not answer")
    return _answer("migrations are not applied" if behind else "")


def _answer(problem: str) -> JsonResponse:
    return JsonResponse(
        {"live": True, "ready": not problem, "problem": problem or None}, status=503 if problem else 200
    )
