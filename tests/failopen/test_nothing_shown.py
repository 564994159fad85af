"""Runs that show nothing: no trade, one bet, conditions that say nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from orchestrator.loaders.checks.calendars import Calendars
from tests.failopen.desk import (
    BODIES,
    POLICIES,
    Desk,
    asked,
    edge,
    reasons,
    yesterday,
)

FLAT = ["max_drawdown_pct < 20"]


def ideas() -> dict[str, dict[str, Any]]:
    frame = edge()
    signals = asked(frame)["strategy_params"]["signals"]
    return {
        "rules that never fire": {
            "strategy_type": "rules",
            "strategy_params": {"entry": "close > 1000000"},
        },
        "rules that wait for more bars than there are": {
            "strategy_type": "rules",
            "strategy_params": {"entry": "close > sma(close, 1590)", "exit": None},
            "start": str(frame["timestamp"].iloc[-200]),
        },
        "orders that cash does not pay": {
            "initial_cash": 10.0,
            "sizing": None,
            "quantity": 5000,
        },
        "signals of other years": {
            "strategy_params": {
                "signals": [{"timestamp": "1999-03-01", "side": "buy"}],
                "hold_bars": 5,
            }
        },
        "sales of what is not held": {
            "strategy_params": {
                "signals": [signal | {"side": "sell"} for signal in signals]
            }
        },
        "a validator that refuses all": {
            "validators": [{"type": "max_position", "params": {"shares": 0}}]
        },
        "an average longer than the history": {
            "strategy_type": "sma_cross",
            "strategy_params": {"fast": 1000, "slow": 1599},
        },
    }


IDEAS = ideas()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("idea", IDEAS)
@pytest.mark.parametrize("door", BODIES)
def test_a_run_without_a_fill_passes_under_no_policy(
    desk: Desk, door: str, idea: str, policy: str
) -> None:
    gate = {"conditions": FLAT, "policy": policy}
    request = {k: v for k, v in {**asked(), **IDEAS[idea], "gate": gate}.items() if v}

    verdict = BODIES[door](desk.client, request)

    assert verdict.get("verdict") != "pass", reasons(verdict)
    if "verdict" in verdict:
        assert "traded nothing" in reasons(verdict)


def test_all_orders_rejected_is_said_first(desk: Desk) -> None:
    request = asked(initial_cash=10.0, sizing=None, quantity=5000)
    request["gate"] = FLAT

    verdict = desk.judge(request)

    assert "reject" in verdict["reasons"][0]


ONE_BET: dict[str, list[tuple[int, str, float]]] = {
    "one purchase sold in thirty parts": [
        (100, "buy", 900.0),
        *((110 + 40 * part, "sell", 0.01) for part in range(30)),
    ],
    "thirty purchases sold at once": [
        *((100 + 40 * part, "buy", 10.0) for part in range(30)),
        (1400, "sell", 300.0),
    ],
    "one short covered in thirty parts": [
        (100, "sell", 300.0),
        *((110 + 40 * part, "buy", 1.0) for part in range(30)),
    ],
    "in and out of a part of it": [
        (100, "buy", 300.0),
        *((110 + 20 * part, ("sell", "buy")[part % 2], 5.0) for part in range(60)),
    ],
}


@pytest.mark.parametrize("policy", ["standard", "strict"])
@pytest.mark.parametrize("bet", ONE_BET)
@pytest.mark.parametrize("door", BODIES)
def test_one_bet_is_one_trade(desk: Desk, door: str, bet: str, policy: str) -> None:
    times = edge()["timestamp"]
    signals = [
        {"timestamp": times[row], "side": side, "quantity": quantity}
        for row, side, quantity in ONE_BET[bet]
    ]
    request = asked(strategy_params={"signals": signals}, sizing=None, direction="both")
    request["gate"] = {"conditions": ["max_drawdown_pct < 99"], "policy": policy}

    verdict = BODIES[door](desk.client, request)

    assert verdict["verdict"] == "insufficient_evidence"
    assert "closed trade" in reasons(verdict)


CANNOT_FAIL = [
    "max_drawdown_pct > -20",
    "max_drawdown > -0.2",
    "win_rate_pct <= 100",
    "win_rate_pct >= 0",
    "exposure_pct <= 100",
    "closed_trades >= 0",
    "profit_factor >= 0",
    "volatility_pct >= 0",
    "evidence.p_value <= 1",
    "evidence.psr >= 0",
]
CANNOT_HOLD = [
    "max_drawdown_pct < 0",
    "win_rate_pct > 100",
    "exposure_pct > 100",
    "closed_trades < 0",
    "evidence.p_value < 0",
    "evidence.p_value > 1",
]
CONSTANTS = [
    "rsi(14) < 30",
    "macd(12, 26, 9) > 0",
    "close > bbands_lower(20, 2)",
    "sma(20) > sma(50)",
    "crosses_above(ema(12), ema(26))",
    "close > ema(12) and close > 1",
]


@pytest.mark.parametrize("condition", [*CANNOT_FAIL, *CANNOT_HOLD])
@pytest.mark.parametrize("door", BODIES)
def test_a_condition_that_says_nothing_is_refused(
    desk: Desk, door: str, condition: str
) -> None:
    problem = BODIES[door](desk.client, asked(gate=[condition]))

    assert problem["status"] == 422
    expected = "cannot fail" if condition in CANNOT_FAIL else "cannot hold"
    assert expected in str(problem["errors"])
    assert "compare it with" in str(problem["errors"])


def test_a_condition_nobody_meets_yet_is_judged(desk: Desk) -> None:
    assert desk.judge(asked(gate=["sharpe_ratio > 1e9"]))["verdict"] == "fail"


@pytest.mark.parametrize("rule", CONSTANTS)
@pytest.mark.parametrize("door", BODIES)
def test_a_constant_read_as_a_series_is_refused(
    desk: Desk, door: str, rule: str
) -> None:
    params = {"entry": rule, "exit": "close < 1"}
    request = asked(strategy_type="rules", strategy_params=params)

    problem = BODIES[door](desk.client, request)

    assert problem["status"] == 422
    assert problem["errors"][0]["pointer"] == "/strategy_params/entry"


def _windows() -> dict[str, pd.DataFrame]:
    whole = edge()
    stray = whole.iloc[-70:].reset_index(drop=True)
    stray.loc[0, "timestamp"] = "2005-01-03"
    split = whole.copy()
    split.loc[800:, ["open", "high", "low", "close"]] *= 10.0
    split.loc[800:, "volume"] /= 10.0
    half_gone = whole.drop(index=range(600, 1000)).reset_index(drop=True)
    last = np.datetime64(yesterday(), "D")
    opened = Calendars().sessions("XNYS", last - 3000, last).days[-1600:].astype(str)
    thinned = whole.assign(timestamp=opened).drop(index=range(0, 1600, 30))
    thinned = thinned.reset_index(drop=True)
    sparse = pd.concat([whole.iloc[:400:5], whole.iloc[400:]]).reset_index(drop=True)
    return {
        "seventy bars and one of 2005": stray,
        "four hundred sessions in a row missing": half_gone,
        "every thirtieth session of New York missing": thinned,
        "weeks followed by days": sparse,
        "a reverse split": split,
        "seventy bars": whole.iloc[-70:].reset_index(drop=True),
    }


WINDOWS = _windows()


@pytest.mark.parametrize("policy", ["standard", "strict"])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("door", BODIES)
def test_a_window_that_hides_something_is_insufficient(
    desk: Desk, door: str, window: str, policy: str
) -> None:
    frame = WINDOWS[window]
    desk.put(frame)
    request = asked(frame)
    request["gate"] = {"conditions": ["max_drawdown_pct < 99"], "policy": policy}

    verdict = BODIES[door](desk.client, request)

    assert verdict["verdict"] == "insufficient_evidence", window


def test_half_of_the_rows_dropped_is_said_by_name(desk: Desk) -> None:
    frame = edge()
    frame.loc[::2, "high"] = 0.01
    desk.put(frame)

    verdict = desk.judge(asked(frame, on_bad_data="drop"))

    assert verdict["verdict"] != "pass"
    assert "dropped_rows" in verdict["warning_codes"]


@pytest.mark.parametrize("percent", [0.5, 5, 20, 45])
@pytest.mark.parametrize("door", BODIES)
def test_a_small_position_shows_no_drawdown(
    desk: Desk, door: str, percent: float
) -> None:
    request = asked(sizing={"rule": "percent_of_equity", "percent": percent})

    verdict = BODIES[door](desk.client, request)

    assert verdict["verdict"] == "insufficient_evidence"
    assert "largest position" in reasons(verdict)
