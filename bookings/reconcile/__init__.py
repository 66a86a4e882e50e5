"""The way back: what the phone changed, held against the bookings."""
