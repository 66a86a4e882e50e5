"""What a large practice costs: openings with many people, and pages with many events."""
