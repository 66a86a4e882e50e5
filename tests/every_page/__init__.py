"""Every page of Kalends in a practice like the demo's, found by asking the resolver: its address and who reads it.

A page that is added is part of all tests that use this. One that needs a parameter of which `scene.values` knows
nothing fails, and so does one that answers with neither a page nor a file.
"""
