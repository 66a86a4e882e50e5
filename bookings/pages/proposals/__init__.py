"""What staff must decide."""
