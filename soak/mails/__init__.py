"""Mails in the soak test: the server that accepts them, the calendars of those who get them, and their audit."""
