"""`make bench-fleet`: how many connections one worker cluster can poll within the sync interval."""
