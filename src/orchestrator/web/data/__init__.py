"""`/data`: what can be asked for, and adding to it."""
