"""How the tests of the tables ask what a table refuses."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

DAY = date(2026, 12, 24)
MORNING = {"start": time(9), "end": time(12)}
CLOSED: dict[str, time | None] = {"start": None, "end": None}


def refused(row: models.Model) -> bool:
    """Does the database refuse it?"""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return True
    return False


def sentences(row: models.Model) -> list[str]:
    """What the validation of the row says."""
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return caught.value.messages
