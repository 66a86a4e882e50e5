"""The way back: what the iPhone changed, compared with the bookings."""
