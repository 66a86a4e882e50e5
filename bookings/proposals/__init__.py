"""Changes made on the phone that staff must decide."""
