"""What staff decide about a day on which somebody cannot see their clients."""
