"""An Apple device that edits calendars."""
