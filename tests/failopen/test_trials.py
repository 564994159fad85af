"""Trials belong to data, not to names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.failopen.desk import Desk, asked, edge, inline

SAME: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {}


def same(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    SAME[change.__name__.strip("_").replace("_", " ")] = change


PRICES = ["open", "high", "low", "close"]


@same
def _as_they_are(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


@same
def _prices_scaled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: frame[name] * 3.7 for name in PRICES})


@same
def _prices_in_cents(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: (frame[name] * 2).round(3) for name in PRICES}).pipe(
        lambda f: f.assign(high=f[PRICES].max(axis=1), low=f[PRICES].min(axis=1))
    )


@same
def _shifted_by_a_day(frame: pd.DataFrame) -> pd.DataFrame:
    days = pd.to_datetime(frame["timestamp"]) - pd.Timedelta(days=1)
    return frame.assign(timestamp=days.dt.strftime("%Y-%m-%d"))


@same
def _one_bar_less(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[:-1]


@same
def _the_last_two_years(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[-504:].reset_index(drop=True)


@same
def _a_twentieth_of_the_rows_cut_out(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(index=frame.index[3::20]).reset_index(drop=True)


@same
def _a_tenth_cut_out_at_random(frame: pd.DataFrame) -> pd.DataFrame:
    gone = np.random.default_rng(3).choice(len(frame), len(frame) // 10, replace=False)
    return frame.drop(index=gone).reset_index(drop=True)


@same
def _noise_of_a_thousandth_percent(frame: pd.DataFrame) -> pd.DataFrame:
    noise = np.exp(np.random.default_rng(4).normal(0.0, 1e-5, len(frame)))
    return frame.assign(**{name: frame[name] * noise for name in PRICES})


def trials(desk: Desk, agent: str, hold: int, **changed: Any) -> dict[str, int]:
    """Return the counts of one more idea."""
    request = asked(include=["evidence"], **changed)
    request["strategy_params"] = request["strategy_params"] | {"hold_bars": hold}
    answer = desk.client.post(
        "/backtest", json=request, headers={"X-Agent-Id": agent}
    ).json
    assert answer is not None
    assert "evidence" in answer, answer
    found = answer["evidence"]
    return {"own": found["trials"], "all": found["trials_all_callers"]}


def sent(frame: pd.DataFrame) -> dict[str, Any]:
    return {"data_source": "inline", "bars": inline(frame)}


@pytest.mark.parametrize("change", SAME)
def test_bars_in_the_request_are_the_data_they_are(desk: Desk, change: str) -> None:
    frame = edge()
    trials(desk, "a", 1, **sent(frame))

    again = trials(desk, "a", 2, **sent(SAME[change](frame)), symbol="OTHER")

    assert again["own"] == 2


@pytest.mark.parametrize("change", SAME)
def test_a_file_of_the_operator_is_known_in_the_request(
    desk: Desk, change: str
) -> None:
    trials(desk, "a", 1)

    again = trials(desk, "b", 2, **sent(SAME[change](edge())), symbol="OTHER")

    assert again == {"own": 1, "all": 2}


def test_bars_of_the_request_are_known_in_the_file(desk: Desk) -> None:
    trials(desk, "a", 1, **sent(edge()))

    assert trials(desk, "a", 2)["own"] == 2


def test_other_bars_are_other_data(desk: Desk) -> None:
    trials(desk, "a", 1, **sent(edge()))
    other = edge()
    closes = 100 * np.exp(np.cumsum(np.random.default_rng(99).normal(0, 0.01, 1600)))
    for name in PRICES:
        other[name] = closes

    assert trials(desk, "a", 2, **sent(other))["own"] == 1


@pytest.mark.parametrize("name", ["Desk", "DESK", "desk", "dEsK"])
def test_other_letters_make_no_other_agent(desk: Desk, name: str) -> None:
    trials(desk, "desk", 1)

    assert trials(desk, name, 2)["own"] == 2


@pytest.mark.parametrize(("policy", "counted"), [("standard", 1), ("strict", 5)])
def test_a_new_agent_is_a_first_trial_under_standard_alone(
    desk: Desk, policy: str, counted: int
) -> None:
    for number in range(1, 5):
        trials(desk, f"agent-{number}", number)
    request = asked()
    request["gate"]["policy"] = policy

    body = desk.client.post(
        "/backtest", json=request, headers={"X-Agent-Id": "fresh"}
    ).json

    assert body is not None
    assert body["evidence"]["trials"] == counted
    assert body["evidence"]["trials_all_callers"] == 5


def test_the_luckiest_of_them_is_measured_per_period(desk: Desk) -> None:
    """Worked out anew from the answers: annual ratios, their variance a period.

    With V in annual units the deflated ratio would be measured against a maximum that
    is 16 times too far off.
    """
    annual, last = [], {}
    for hold in range(1, 14):
        request = asked(include=["evidence"])
        request["strategy_params"] = request["strategy_params"] | {"hold_bars": hold}
        answer = desk.client.post("/backtest", json=request).json
        assert answer is not None
        annual.append(answer["metrics"]["sharpe_ratio"])
        last = answer["evidence"]

    count, euler = len(annual), 0.5772156649015329
    deviation = np.std(np.array(annual) / np.sqrt(252.0), ddof=1)
    luckiest = (1 - euler) * stats.norm.isf(1 / count)
    luckiest += euler * stats.norm.isf(1 / (count * np.e))
    assert last["trials"] == count
    assert last["expected_max_sharpe_ann"] == pytest.approx(
        np.sqrt(252.0) * deviation * luckiest, rel=1e-6
    )
