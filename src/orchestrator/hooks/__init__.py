"""Hooks: named advisors, validators and observers of a run."""
