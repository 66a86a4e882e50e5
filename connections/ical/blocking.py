"""Does an occurrence block, and why?"""

from __future__ import annotations

from connections.ical.parser import Component
from connections.ical.types import Rules

_OPEN = frozenset({"NEEDS-ACTION", "TENTATIVE"})


def verdict(component: Component, rules: Rules) -> tuple[bool, str]:
    """(blocks, reason) of an instance that `component` describes: the first rule that matches, most telling first."""
    if component.damaged:
        return True, "unreadable"
    if component.status == "CANCELLED":
        return False, "cancelled"
    if component.answer == "DECLINED":
        return False, "declined"
    if component.start.is_date and rules.all_day in ("always", "never"):
        return rules.all_day == "always", "all_day_rule"
    if component.transparent:
        return False, "free"
    if component.answer in _OPEN:
        return rules.invitations_block, "invitation_rule"
    return True, "busy"
