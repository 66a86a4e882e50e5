"""Changes made on the iPhone that staff must decide."""
