"""The mails of seats: what a change tells, when reminders are due, sending, and what is said by phone instead."""
