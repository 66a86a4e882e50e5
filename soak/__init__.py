"""The soak test: staff, clients, iPhones and faults act at random on the real processes; then everything is audited."""
