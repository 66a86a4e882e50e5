"""The sandbox's iCloud as a fixture."""
