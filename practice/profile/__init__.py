"""What the practice says about itself, and the rules for it."""
