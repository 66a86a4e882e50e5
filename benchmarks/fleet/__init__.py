"""`make bench-fleet`: many connections and one worker cluster."""
