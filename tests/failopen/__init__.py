"""What no gate may pass, through every door."""
