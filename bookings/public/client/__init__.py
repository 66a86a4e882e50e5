"""The page of one client about their appointment."""
