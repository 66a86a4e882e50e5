"""Everybody who acts at random in the soak test: clients, visitors, staff, phones, and whoever disrupts them."""
