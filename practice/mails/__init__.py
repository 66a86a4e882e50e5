"""What every mail has: a list of blocks, its plain text and its HTML, and the practice as sender."""
