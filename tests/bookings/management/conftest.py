from __future__ import annotations

import pytest

from bookings.models import Service
from practice.models import User
from tests.factories import ServiceFactory


@pytest.fixture
def talk(anna: User) -> Service:
    """An hour with Anna."""
    return ServiceFactory.create(slug="talk", name="Talk", staff=[anna])
