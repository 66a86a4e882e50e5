"""The logo of the practice."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Logo(models.Model):
    """A picture that practice.pictures has made: at most 200 kB, PNG or JPEG."""

    practice = models.OneToOneField("Practice", models.CASCADE, primary_key=True, related_name="logo")
    content = models.BinaryField()
    content_type = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"

    @staticmethod
    def address(digest: str) -> str:
        """The path at which a logo of this digest is served."""
        return reverse("practice:logo", args=[digest])
