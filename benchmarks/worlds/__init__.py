"""Simulated worlds, with skill and without, judged over HTTP."""
