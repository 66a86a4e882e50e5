"""Which hosts there are and what they are called: the entry host, the pods, the stranger."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Hosts:
    """Base URLs, each with a slash at its end; known once the listeners are bound."""

    entry: str = ""
    pod: str = ""
    stranger: str = ""

    def url(self, name: str) -> str:
        """The base URL of `entry`, `pod` or `stranger`; anything else is taken for an URL."""
        return {"entry": self.entry, "pod": self.pod, "stranger": self.stranger}.get(name, name)
