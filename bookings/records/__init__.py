"""What is kept of clients: giving it to them, erasing it, and erasing what is old."""
