"""The CalDAV methods of the iCloud stand-in."""
