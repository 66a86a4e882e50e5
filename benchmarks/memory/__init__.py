"""How much memory `kalends run` takes in a small practice."""
