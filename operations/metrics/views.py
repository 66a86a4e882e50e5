"""The page that Prometheus reads."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from operations.metrics import storage, writer
from operations.metrics.access import may_read_metrics
from operations.metrics.exposition import exposition
from operations.metrics.gauges import read_gauges
from practice.language import without_user
from practice.version import version


@require_safe
@without_user
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures; 403 for a wrong or missing token, 404 for others where there is none."""
    if not may_read_metrics(request):
        return _refusal()
    writer.write()
    text = exposition(read_gauges(timezone.now()), storage.totals(), version())
    return HttpResponse(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _refusal() -> HttpResponse:
    if settings.METRICS_TOKEN:
        words, status = _("Send the header “Authorization: Bearer” with the METRICS_TOKEN of this server."), 403
    else:
        words, status = _("Not found. To read figures from another machine, set METRICS_TOKEN."), 404
    return HttpResponse(words + "\n", content_type="text/plain; charset=utf-8", status=status)
