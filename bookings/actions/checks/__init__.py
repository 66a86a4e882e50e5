"""What is asked before something is booked, and the refusals that answer it."""
