"""Observers: they watch a run and change nothing."""
