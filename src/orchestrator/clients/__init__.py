"""Where doors that are no servers ask: this process, or a running service."""
