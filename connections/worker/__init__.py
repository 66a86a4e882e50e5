"""The processes of one worker cluster."""
