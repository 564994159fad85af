"""Strategies: each maps bars to target positions, deciding on no later bar."""
