"""Shortens a rule that is too long to be stored."""

from __future__ import annotations

from connections.ical.rules.parts import NAMES

MAX_RULE_LENGTH = 10_000
_LOST_PART = "LOST=1"  # stands for the parts that are left out of a rule, as a part that is not known


def fit_rule(text: str) -> str:
    """A rule in at most 10,000 characters. If it is longer, first repeated values are left out, then the longest parts.

    A part that is not known stands for those that are left out, so that the rule is read as one with a lost part.
    """
    if len(text) <= MAX_RULE_LENGTH:
        return text
    parts = list(dict.fromkeys(map(_without_repeats, text.split(";"))))
    kept, left = set(), MAX_RULE_LENGTH - len(_LOST_PART) - 1
    for part in sorted(parts, key=lambda part: (part.partition("=")[0].strip().upper() not in NAMES, len(part))):
        left -= len(part) + 1
        if left >= 0:
            kept.add(part)
    lost = [_LOST_PART] if len(kept) < len(parts) else []
    return ";".join([*(part for part in parts if part in kept), *lost])


def _without_repeats(part: str) -> str:
    name, equals, value = part.partition("=")
    return name + equals + ",".join(dict.fromkeys(value.split(",")))
