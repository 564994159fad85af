"""`/backtest`: run one strategy over one symbol."""
