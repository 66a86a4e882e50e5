"""The page that stops the reminders of an appointment."""
