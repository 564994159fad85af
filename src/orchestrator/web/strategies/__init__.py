"""`/strategies` and `/metrics-catalogue`: what may be asked for."""
