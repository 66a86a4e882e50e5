"""The first run: the page that makes the owner and the practice, and the command for the same from a shell."""
