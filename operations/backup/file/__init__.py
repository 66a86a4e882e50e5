"""The file of a backup: its parts, their hashes, and how they are encrypted."""
