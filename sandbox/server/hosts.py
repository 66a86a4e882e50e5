"""The URLs of the hosts: the entry host, the pod with the calendars, and a stranger that is not part of iCloud."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Hosts:
    """Base URLs, each ending with a slash; empty until the listeners are bound."""

    entry: str = ""
    pod: str = ""
    stranger: str = ""

    def url(self, name: str) -> str:
        """The base URL of `entry`, `pod` or `stranger`; any other value is returned as it is."""
        return {"entry": self.entry, "pod": self.pod, "stranger": self.stranger}.get(name, name)
