"""Signing in, and slowing down whoever guesses passwords."""
