"""Calendar text as the sandbox reads and writes it."""
