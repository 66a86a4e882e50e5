"""Several appointments at once: booked by hand, moved together, and printed for the client."""
