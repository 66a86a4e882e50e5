"""The page that says whether this deployment can do its work."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from operations.readiness.judgement import judge
from operations.readiness.reading import read_facts
from practice.language import without_user


@without_user
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if every check passes, else 503. Each check has `ok` and, where it fails, a sentence that says what to do."""
    problems = judge(read_facts(), timezone.now())
    checks = {name: {"ok": not problem, "problem": problem or None} for name, problem in problems.items()}
    ready = not any(problems.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)
