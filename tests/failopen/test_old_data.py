"""Feeds that stopped: old bars show nothing of today."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.failopen.desk import (
    BODIES,
    Desk,
    asked,
    edge,
    inline,
    reasons,
    under_floor,
    yesterday,
)


def stopped(days: int) -> pd.DataFrame:
    return edge(end=yesterday() - pd.Timedelta(days=days))


@pytest.mark.parametrize("policy", ["standard", "strict"])
@pytest.mark.parametrize("days", [20, 60, 500, 5000])
@pytest.mark.parametrize("door", BODIES)
def test_a_feed_that_ended_is_insufficient(
    desk: Desk, door: str, days: int, policy: str
) -> None:
    frame = stopped(days)
    desk.put(frame)
    request = asked(frame)
    request["gate"]["policy"] = policy

    verdict = BODIES[door](desk.client, request)

    assert verdict["verdict"] == "insufficient_evidence"
    assert "days old" in reasons(verdict)


def test_bars_in_the_request_are_held_to_the_same(desk: Desk) -> None:
    frame = stopped(500)

    verdict = desk.judge(asked(frame, data_source="inline", bars=inline(frame)))

    assert verdict["verdict"] == "insufficient_evidence"


@pytest.mark.parametrize("days", [0, 5, 10])
def test_a_feed_of_these_days_passes(desk: Desk, days: int) -> None:
    frame = stopped(days)
    desk.put(frame)

    assert desk.judge(asked(frame))["verdict"] == "pass"


def test_history_is_judged_where_its_end_is_named(desk: Desk) -> None:
    frame = stopped(500)
    desk.put(frame)
    end = str(pd.Timestamp(frame["timestamp"].iloc[-1]) + pd.Timedelta(days=1))[:10]

    assert desk.judge(asked(frame, end=end))["verdict"] == "pass"


@pytest.mark.parametrize("ahead", [0, 365])
def test_an_end_beyond_the_feed_is_no_way_around(desk: Desk, ahead: int) -> None:
    frame = stopped(500)
    desk.put(frame)
    end = str(yesterday() + pd.Timedelta(days=ahead))[:10]

    assert desk.judge(asked(frame, end=end))["verdict"] == "insufficient_evidence"


def test_a_period_is_no_way_around(desk: Desk) -> None:
    frame = stopped(500)
    desk.put(frame)

    verdict = desk.judge(asked(frame, period="5y"))

    assert verdict["verdict"] == "insufficient_evidence"


def test_a_long_age_in_the_request_is_no_way_around(desk: Desk) -> None:
    frame = stopped(500)
    desk.put(frame)

    verdict = desk.judge(asked(frame, max_age_days=10_000))

    assert verdict["verdict"] == "insufficient_evidence"


def test_a_benchmark_that_ended_is_held_to_the_same(desk: Desk) -> None:
    desk.put(edge()[: -30 * 5], "MARKET.csv")

    verdict = desk.judge(asked(benchmark="MARKET"))

    assert verdict["verdict"] == "insufficient_evidence"
    assert "benchmark: the last bar" in reasons(verdict)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("max_age_days = 1000", "pass"),
        ("max_age_days = 1000000", "pass"),
        ("max_age_days = 400", "insufficient_evidence"),
    ],
)
def test_the_age_is_the_operators_to_choose(
    desk: Desk, rule: str, expected: str
) -> None:
    frame = stopped(500)
    desk.put(frame)
    policies = f'[policies.slow]\nversion = "1"\nextends = "standard"\n{rule}\n'
    slow = under_floor(desk.folder, policies)
    request: dict[str, Any] = asked(frame)
    request["gate"]["policy"] = "slow"

    assert slow.judge(request)["verdict"] == expected


@pytest.mark.parametrize(("freq", "most"), [("W-FRI", 26), ("ME", 74)])
def test_longer_bars_may_be_two_lengths_older(desk: Desk, freq: str, most: int) -> None:
    """Weeks: 14 + 2 x 6 days; months: 14 + 2 x 30 days."""
    verdicts = []
    for days in (most - 2, most + 4):
        end = yesterday() - pd.Timedelta(days=days)
        labels = pd.date_range(end=end, periods=400, freq="7D" if "W" in freq else freq)
        frame = edge(400).assign(timestamp=labels.strftime("%Y-%m-%d"))
        shift = (end - labels[-1]).days
        frame["timestamp"] = (labels + pd.Timedelta(days=shift)).strftime("%Y-%m-%d")
        desk.put(frame)
        verdicts.append(desk.judge({**asked(frame), "gate": ["cagr > -90"]}))

    old = ["old_data" in verdict["warning_codes"] for verdict in verdicts]
    assert old == [False, True]
