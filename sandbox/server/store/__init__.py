"""The data of the pretend iCloud: accounts, calendars and their contents."""
