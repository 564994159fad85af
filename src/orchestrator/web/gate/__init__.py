"""`/gate` and `/policies`: the verdict alone, and by which rules."""
