"""Independent CalDAV servers for the contract suite, started on loopback."""
