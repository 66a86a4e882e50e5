"""The verbs of a series: each makes or moves all of its appointments under one lock, or none."""
