"""The HTTP door: it translates requests, answers and errors, and nothing else."""
