"""What the iCloud stand-in keeps: accounts, calendars and their contents."""
