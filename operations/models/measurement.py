"""What all processes have measured."""

from __future__ import annotations

from django.db import models


class Measurement(models.Model):
    """One number of one metric: how many fell into a bucket, the sum of seconds, or a count. It only grows.

    `labels` has the values of the labels in their order, with commas between them; no value has a comma.
    """

    metric = models.CharField(max_length=60)
    labels = models.CharField(max_length=200)
    part = models.CharField(max_length=8)
    value = models.FloatField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("metric", "labels", "part"), name="one_row_per_measurement"),)

    def __str__(self) -> str:
        return f"{self.metric} {self.labels} {self.part}"
