"""Services, and the hours in which people give them."""
