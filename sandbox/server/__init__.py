"""The iCloud stand-in: its CalDAV server, hosts, faults and switches."""

from __future__ import annotations

from sandbox.server.server import Sandbox

__all__ = ["Sandbox"]
