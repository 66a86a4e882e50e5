"""Keeps the note on each user’s row, whether they must set up a second factor, as it follows from the other rows."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from practice.models import Practice, User
from practice.second_factor.required import refresh


@receiver(post_save, sender=Practice)
def _of_everybody(**kwargs: Any) -> None:
    refresh(User.objects.all())


@receiver(post_save, sender=User)
def _of_somebody_new(instance: User, created: bool, **kwargs: Any) -> None:
    if created:
        refresh(User.objects.filter(pk=instance.pk))


@receiver([post_save, post_delete], sender=Authenticator)
def _of_whose_factor_it_is(instance: Authenticator, **kwargs: Any) -> None:
    refresh(User.objects.filter(pk=instance.user_id))
