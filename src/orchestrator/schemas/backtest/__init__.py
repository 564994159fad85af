"""The request of a backtest: its fields, the rules across them, and its spec."""
