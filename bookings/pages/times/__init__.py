"""Choosing a time: a new booking, or another time for one."""
