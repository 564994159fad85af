"""The backtest gate: would this signal have paid, and may I act on it?"""
