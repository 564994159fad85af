"""No valid request costs more than it says."""
