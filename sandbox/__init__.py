"""A local stand-in for iCloud: its CalDAV server, an Apple device that edits calendars, and Apple's pages.

It needs no Apple account, no network and no Django set-up. `sandbox.server.server.Sandbox` is the door.
"""
