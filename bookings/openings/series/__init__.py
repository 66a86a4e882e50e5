"""When a series of appointments can be booked: a rule without tables, what it reads, and its sentences."""
