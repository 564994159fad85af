"""Strategies and data to learn from."""
