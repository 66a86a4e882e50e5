"""A local stand-in for iCloud: its CalDAV server, an Apple device that edits calendars, and Apple's pages.

It needs no Apple account, no network and no Django settings. Tests and the demo start `sandbox.server.Sandbox`.

- `server/`: the CalDAV server, with its store, its switches and the faults that it can be told to have. It stands in
  for iCloud, Fastmail or Nextcloud: `python -m sandbox --as nextcloud`.
- `ical/`: reading and writing calendar text as Apple does.
- `device/`: an Apple device that edits calendars.
- `pages/`: the pretend iPhone, the page for app-specific passwords, published calendars, and the control for other
  processes.
- `demo/`: Kalends beside the iPhone on one page, with sample data.
"""
