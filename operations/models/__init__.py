"""The tables of how Kalends is run."""

from operations.models.heartbeat import Heartbeat
from operations.models.measurement import Measurement

__all__ = ("Heartbeat", "Measurement")
