"""The fifty requests of the golden set, and the hash of what they come to.

The set guards against change: the hash of a run must be the same in the compiled
kernel, in the event loop, in every worker of gunicorn and on every rerun.  It says
nothing of what is right; that is what the answers from other libraries are for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

Request = dict[str, Any]

INDEX: Request = {"csv_path": "sp500.csv", "symbol": "SPX", "quantity": 10}
SAMPLE: Request = {"csv_path": "sample_ohlcv.csv"}
CROSS: Request = {
    "strategy_type": "sma_cross",
    "strategy_params": {"fast": 10, "slow": 30},
}
COSTS = {"commission_bps": 5, "slippage_bps": 3, "commission_minimum": 1}
IN_THE_EVENT_LOOP: Request = {"observers": [{"type": "trade_log"}]}
SERIES: Request = {"include": ["equity_curve", "trades", "orders"]}

STRATEGIES: Mapping[str, Request] = {
    "buy_and_hold": {},
    "sma_cross": {"fast": 20, "slow": 100},
    "ema_cross": {"fast": 12, "slow": 50},
    "macd": {},
    "rsi_reversion": {},
    "bollinger_reversion": {},
    "donchian_breakout": {},
    "momentum": {},
    "trend_filter": {},
    "signals": {
        "signals": {
            "timestamp": ["2003-03-12", "2007-10-09", "2009-03-09T15:00:00Z"],
            "side": ["buy", "sell", "buy"],
        },
        "hold_bars": 60,
    },
    "rules": {
        "entry": "crosses_above(sma(close, 20), sma(close, 50))"
        " and rsi(close, 14) < 70",
        "exit": "crosses_below(close, sma(close, 50))",
    },
}
TERMS: Mapping[str, Request] = {
    "at the close": {"fill": "close"},
    "with costs": {"costs": COSTS},
    "per share": {"costs": {"commission_per_share": 0.01, "slippage_bps": 1}},
    "short": {"direction": "short", "costs": {"borrow_bps_per_year": 50}},
    "both ways": {"direction": "both", "costs": COSTS},
    "both ways at the close": {"direction": "both", "fill": "close"},
    "half of equity": {"sizing": {"rule": "percent_of_equity", "percent": 50}},
    "all in": {"sizing": {"rule": "all_in"}, "costs": COSTS},
    "in lots": {"sizing": {"rule": "all_in", "lot_size": 5}},
    "risk per trade": {
        "sizing": {"rule": "risk_per_trade", "percent": 1},
        "exits": {"stop_loss_pct": 4},
    },
    "volatility target": {"sizing": {"rule": "volatility_target"}},
    "stop loss": {"exits": {"stop_loss_pct": 3}},
    "take profit": {"exits": {"take_profit_pct": 5}},
    "trailing stop": {"exits": {"trailing_stop_pct": 4}},
    "twenty bars at most": {"exits": {"max_holding_bars": 20}},
    "every exit": {
        "exits": {
            "stop_loss_pct": 3,
            "take_profit_pct": 6,
            "trailing_stop_pct": 4,
            "max_holding_bars": 40,
        },
        "direction": "both",
        "costs": COSTS,
    },
    "too little cash": {"initial_cash": 1000},
    "with a risk-free rate": {"risk_free_rate": 0.02},
}
WINDOWS: Mapping[str, Request] = {
    "one year": {"period": "1y"},
    "six months": {"period": "6mo"},
    "the crash": {"start": "2007-10-01", "end": "2009-04-01"},
}


def golden_requests() -> Iterator[tuple[str, Request]]:
    """Yield fifty named requests."""
    for strategy, params in STRATEGIES.items():
        asked = {"strategy_type": strategy, "strategy_params": params}
        yield strategy, INDEX | asked
        yield f"{strategy} with costs", INDEX | asked | {"costs": COSTS}
    for name, terms in TERMS.items():
        yield f"sma_cross, {name}", INDEX | CROSS | terms
    for name, window in WINDOWS.items():
        yield f"sma_cross, {name}", INDEX | CROSS | window
        yield f"buy_and_hold, {name}", INDEX | window
    yield "the sample", SAMPLE
    yield "the sample at the next open", SAMPLE | {"fill": "next_open"}
    yield "the sample, all in", SAMPLE | {"sizing": {"rule": "all_in"}}
    yield "the sample without cash", SAMPLE | {"initial_cash": 100}


def result_hash(answer: Mapping[str, Any]) -> str:
    """Return the hash of what a run came to.

    Numbers count to ten significant digits, and as zero below 1e-9: what is left of
    a difference of equals is rounding.
    """
    kept = {
        name: answer[name]
        for name in (
            "num_trades",
            "metrics",
            "undefined_metrics",
            "benchmark",
            "data",
            "orders",
            "equity_curve",
            "trades",
            "order_log",
        )
    }
    text = json.dumps(_rounded(kept), sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return 0.0 if abs(value) < 1e-9 else float(f"{value:.9e}")
    if isinstance(value, Mapping):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return value
