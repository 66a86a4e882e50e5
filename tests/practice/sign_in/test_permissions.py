"""Whoever may open the administration looks; only owners may be granted more."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory

from practice.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
VERBS = ("view", "add", "change", "delete")


def abilities(user: User) -> set[str]:
    """What the user may do in the administration, with any model."""
    request = RequestFactory().get("/admin/")
    request.user = user
    return {
        verb for one in site._registry.values() for verb in VERBS if getattr(one, f"has_{verb}_permission")(request)
    }


@pytest.mark.parametrize("role", ["", "staff", "front_desk"])
def test_who_is_no_owner_looks_whatever_they_were_granted(role: str) -> None:
    user = UserFactory.create(role=role, is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    assert abilities(user) == {"view"}


def test_owners_may_be_granted_more() -> None:
    user = UserFactory.create(role="owner", is_staff=True)
    assert abilities(user) == {"view"}
    user.user_permissions.set(Permission.objects.all())
    assert abilities(User.objects.get(pk=user.pk)) == set(VERBS)


@pytest.mark.parametrize(("role", "is_staff", "is_active"), [("owner", False, True), ("", True, False)])
def test_who_cannot_open_it_may_do_nothing(role: str, is_staff: bool, is_active: bool) -> None:
    user = UserFactory.create(role=role, is_staff=is_staff, is_active=is_active)
    user.user_permissions.set(Permission.objects.all())
    assert abilities(user) == set()


def test_support_sees_every_model_in_the_index(client: Client) -> None:
    client.force_login(UserFactory.create(role="", is_staff=True))
    listed = client.get("/admin/").context["app_list"]
    shown = {str(model["model"]._meta.label) for app in listed for model in app["models"]}
    assert shown == {model._meta.label for model in site._registry}
