"""`make bench-clients`: clients who look at the public pages while others book."""
