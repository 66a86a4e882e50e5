"""The CalDAV methods of the pretend iCloud, and how it writes its answers."""
