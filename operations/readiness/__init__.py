"""Can this deployment do its work now? For load balancers, supervisors and whoever was just asked to start it."""
