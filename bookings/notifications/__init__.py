"""Mails to clients and staff, and who must be told."""
