"""How a connection is, in words for its owner."""
