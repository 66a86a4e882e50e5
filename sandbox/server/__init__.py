"""The pretend iCloud: its hosts, its CalDAV server, its store, its faults and its switches."""

from __future__ import annotations

from sandbox.server.server import Sandbox

__all__ = ["Sandbox"]
