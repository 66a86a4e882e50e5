"""What this process tells whoever watches over it. No Django."""
