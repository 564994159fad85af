"""What was meant is said: nearest names, spoken names, right shapes."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from orchestrator.schemas.conditions import _ALIASES, KNOWN_NAMES

MEANT: list[tuple[dict[str, Any], str, str]] = [
    ({"symbl": "A"}, "/symbl", "did you mean 'symbol'?"),
    ({"stratgy_type": "x"}, "/stratgy_type", "did you mean 'strategy_type'?"),
    ({"strategy_type": "SMA_CROSS"}, "/strategy_type", "did you mean 'sma_cross'?"),
    ({"strategy_type": "sma"}, "/strategy_type", "did you mean 'sma_cross'?"),
    ({"strategy_type": "???"}, "/strategy_type", "known: buy_and_hold, sma_cross"),
    ({"sizing": "all_in"}, "/sizing", 'such as {"rule": "all_in"}'),
    ({"costs": 5}, "/costs", 'such as {"commission_bps": 1}'),
    ({"exits": 5}, "/exits", 'such as {"stop_loss_pct": 5}'),
    ({"costs": {"comission_bps": 1}}, "/costs/comission_bps", "'commission_bps'?"),
    ({"exits": {"stop_loss": 5}}, "/exits/stop_loss", "'stop_loss_pct'?"),
    ({"sizing": {"rule": "ALL_IN"}}, "/sizing/rule", "did you mean 'all_in'?"),
    ({"fill": "NEXT_OPEN"}, "/fill", "did you mean 'next_open'?"),
    ({"include": ["trade"]}, "/include/0", "did you mean 'trades'?"),
    ({"data_source": "CSV"}, "/data_source", "did you mean 'csv'?"),
    ({"adjust": "yes"}, "/adjust", "must be one of none, close_to_adjusted"),
    (
        {"gate": {"sharpe_ratio": 0.5}},
        "/gate/sharpe_ratio",
        '{"conditions": ["sharpe_ratio > 0.5"]}',
    ),
    ({"gate": {"mdd": 20}}, "/gate/mdd", '["max_drawdown_pct > 20"]'),
    ({"gate": {"poli": "x"}}, "/gate/poli", "did you mean 'policy'?"),
    ({"gate": "cagr > 1"}, "/gate", 'such as ["sharpe_ratio > 0.5"]'),
    (
        {"strategy_type": "sma_cross", "strategy_params": {"fst": 5}},
        "/strategy_params/fst",
        "did you mean 'fast'?",
    ),
    ({"advisors": [{"type": "cool"}]}, "/advisors/0/type", "'cooldown'?"),
    ({"csv_path": "none.csv"}, "", "ORCHESTRATOR_DATA_DIR"),
]


@pytest.mark.parametrize(("body", "pointer", "said"), MEANT)
def test_a_refusal_says_what_was_meant(
    client: FlaskClient, body: dict[str, Any], pointer: str, said: str
) -> None:
    problem = client.post("/backtest", json=body).json

    assert problem is not None
    if pointer:
        (place,) = problem["errors"]
        assert place["pointer"] == pointer
        assert said in place["detail"]
    assert said in problem["detail"]


def test_a_cure_that_was_taken_is_not_advised(client: FlaskClient) -> None:
    bar = {"timestamp": "2024-01-02", "open": 1, "high": 0, "low": 2, "close": 1}
    request = {"data_source": "inline", "bars": [bar], "on_bad_data": "drop"}

    problem = client.post("/backtest", json=request).json

    assert problem is not None
    assert "ask for on_bad_data drop" not in problem["detail"]
    assert "none is left without them: correct them" in problem["detail"]


@pytest.mark.parametrize(
    ("spoken", "meant"),
    [
        ("mdd", "max_drawdown_pct"),
        ("max_dd", "max_drawdown_pct"),
        ("MDD", "max_drawdown_pct"),
        ("dd", "max_drawdown_pct"),
        ("annual_return", "cagr"),
        ("cvar", "expected_shortfall_95_pct"),
        ("es", "expected_shortfall_95_pct"),
        ("p_value", "evidence.p_value"),
        ("vol", "volatility_pct"),
        ("sharpe", "sharpe_ratio"),
        ("pf", "profit_factor"),
        ("psr", "evidence.psr"),
        ("num_trades", "closed_trades"),
        ("sharp_ratio", "sharpe_ratio"),
        ("win_rate_pc", "win_rate_pct"),
    ],
)
def test_a_metric_by_another_name_is_known(
    client: FlaskClient, spoken: str, meant: str
) -> None:
    problem = client.post("/gate", json={"gate": [f"{spoken} > 1"]}).json

    assert problem is not None
    assert f"did you mean {meant!r}?" in problem["detail"]


def test_every_spoken_name_leads_to_a_metric() -> None:
    assert set(_ALIASES.values()) <= KNOWN_NAMES
    assert not set(_ALIASES) & KNOWN_NAMES


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("symbl=A", "did you mean 'symbol'?"),
        ("strategy_params=1", "use POST /backtest"),
        ("sizing=all_in", "use POST /backtest"),
        ("costs=1", "use POST /backtest"),
    ],
)
def test_a_query_says_what_was_meant(
    client: FlaskClient, query: str, said: str
) -> None:
    problem = client.get(f"/backtest?{query}").json

    assert problem is not None
    assert said in problem["detail"]
