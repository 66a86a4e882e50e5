"""The list of bookings, and one booking."""
