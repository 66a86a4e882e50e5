"""Finds where the calendars of a server begin, from what a person typed for it (RFC 6764).

Never for an address at Apple: iCloud's start is known, and an app-specific password has no business elsewhere. No
password is sent here. The host that is found gets it only if it is the typed one, or lies above or below it; any other
host must be entered by the person, also one in an SRV record, which nobody has signed.

`connections.dav` does not import this, because only who connects an account needs the DNS library.
"""

from __future__ import annotations

from connections.dav.discovery.start import discover_start

__all__ = ["discover_start"]
