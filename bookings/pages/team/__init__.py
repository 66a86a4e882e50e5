"""The page Team: who works here, and who is invited to."""
