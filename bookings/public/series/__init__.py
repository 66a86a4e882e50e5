"""Several appointments that a client books at once."""
