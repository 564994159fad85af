"""Example bodies, shown by Swagger UI and sent by the tests."""

from __future__ import annotations

from typing import Any

_SMA: dict[str, Any] = {
    "symbol": "SP500",
    "strategy_type": "sma_cross",
    "strategy_params": {"fast": 50, "slow": 200},
}
_GATE = ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"]

EXAMPLES: dict[str, Any] = {
    "gated": {
        "summary": "Two averages on the index, judged by the default policy",
        "value": {**_SMA, "end": "2019-01-01", "gate": _GATE},
    },
    "sma_cross": {
        "summary": "Two averages on twenty years of the index, with costs",
        "value": {
            **_SMA,
            "sizing": {"rule": "all_in"},
            "costs": {"commission_bps": 1, "slippage_bps": 2},
            "include": ["trades"],
        },
    },
    "buy_and_hold": {
        "summary": "Buy and hold the shipped sample",
        "value": {"symbol": "SPY", "strategy_type": "buy_and_hold", "quantity": 50},
    },
    "signals": {
        "summary": "Your own signals, each held for ten bars",
        "value": {
            "symbol": "SP500",
            "strategy_type": "signals",
            "strategy_params": {
                "signals": {
                    "timestamp": ["2009-03-09", "2011-10-04"],
                    "side": ["buy", "buy"],
                },
                "hold_bars": 10,
            },
        },
    },
}
GATE_EXAMPLES: dict[str, Any] = {
    "standard": {
        "summary": "Two conditions, and evidence that it is not luck",
        "value": {
            **_SMA,
            "end": "2019-01-01",
            "gate": {"conditions": _GATE, "policy": "standard"},
        },
    },
    "tried_before": {
        "summary": "The same, after twenty ideas that were tried elsewhere",
        "value": {
            **_SMA,
            "end": "2019-01-01",
            "gate": {"conditions": _GATE, "policy": "standard", "trials": 20},
        },
    },
}
RULES_EXAMPLES: dict[str, Any] = {
    "rules": {
        "summary": "Rules in words",
        "value": {
            "symbol": "SP500",
            "strategy_type": "rules",
            "strategy_params": {
                "entry": "crosses_above(sma(close, 20), sma(close, 50)) "
                "and rsi(close, 14) < 70",
                "exit": "crosses_below(sma(close, 20), sma(close, 50))",
            },
        },
    },
}
EXAMPLES |= RULES_EXAMPLES
