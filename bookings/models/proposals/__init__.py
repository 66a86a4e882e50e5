"""Proposals that belong together."""

from __future__ import annotations

from bookings.models.proposals.covered_day import CoveredDay

__all__ = ["CoveredDay"]
