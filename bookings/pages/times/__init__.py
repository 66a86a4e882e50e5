"""Choosing a time: for a new booking, or another one for a booking."""
