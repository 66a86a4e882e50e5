"""Which durations a service may have beside its usual one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("durations", ["90", {"90": 1}, ["90"], [1.5], [True], [None]])
def test_durations_are_a_list_of_whole_numbers(durations: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        ServiceFactory.create(other_minutes=durations).full_clean()
    assert refused.value.message_dict == {"other_minutes": ["Enter a list of whole numbers."]}
