"""Outwards: the events of bookings and blocked slots in the linked calendar."""
