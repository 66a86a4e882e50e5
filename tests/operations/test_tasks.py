from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from operations.models import Heartbeat
from operations.tasks import heartbeat
from tests.factories import NOW


@pytest.mark.django_db
def test_a_heartbeat_is_one_row_however_often_it_comes() -> None:
    for moment in (NOW, NOW + timedelta(minutes=1)):
        with time_machine.travel(moment, tick=False):
            heartbeat()
    assert list(Heartbeat.objects.values_list("at", flat=True)) == [NOW + timedelta(minutes=1)]
