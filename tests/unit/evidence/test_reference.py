"""Every worked number of the papers, recomputed.

The cases and the source of each are in ``data/statistics_cases.json``; those of
plain performance metrics come from the evidence's own figures or the catalogue's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from backtesting.metrics import compute_metrics
from orchestrator.evidence.luck import LongRunError
from orchestrator.evidence.overfitting import (
    combinatorial_paths,
    rank_logit,
    split_count,
)
from orchestrator.evidence.psr import (
    min_track_record_length,
    probabilistic_sharpe_ratio,
)
from orchestrator.evidence.sharpe import (
    SharpeEstimate,
    estimate_sharpe,
    standard_error_lo,
    standard_error_mertens,
)
from orchestrator.evidence.trials import (
    deflated_sharpe_ratio,
    expected_max_z,
    harvey_liu_haircut,
    holm,
    min_backtest_length_years,
)

FILE = json.loads((Path(__file__).parent / "data/statistics_cases.json").read_text())
BACON = np.array(FILE["conventions"]["BACON"])


def shape(inputs: dict[str, Any]) -> dict[str, float]:
    return {"skewness": inputs["skew"], "kurtosis": inputs["kurt"]}


def track_record(i: dict[str, Any]) -> float:
    return min_track_record_length(
        i["sr"], i["sr_benchmark"], **shape(i), confidence=i["prob"]
    )


def deflated(i: dict[str, Any]) -> float:
    estimate = SharpeEstimate(
        observations=i["n"],
        ratio=i["sr"],
        **shape(i),
        standard_error_iid=1.0,
        standard_error_hac=1.0,
        long_run=LongRunError(value=1.0, degrees=4),
    )
    return deflated_sharpe_ratio(
        estimate, trials=i["n_trials"], variance=i["var_trials"]
    )


def haircut(i: dict[str, Any]) -> dict[str, float]:
    cut = harvey_liu_haircut(
        i["sr_ann"],
        observations=i["n"],
        periods_per_year=i["periods"],
        tests=i["n_tests"],
    )
    return {
        "p_single": cut.p_single,
        "p_multi": cut.p_multiple,
        "haircut_sr_ann": cut.sharpe_ann,
    }


def logit(i: dict[str, Any]) -> dict[str, object]:
    past, future = np.array(i["R_is"]), np.array(i["R_oos"])
    value = rank_logit(past, future)
    return {
        "r_is": [int(r) for r in 1 + past.argsort().argsort()],
        "r_oos": [int(r) for r in 1 + future.argsort().argsort()],
        "w": 1.0 / (1.0 + math.exp(-value)),
        "logit": value,
        "counts_as_overfit": value <= 0.0,
    }


def paths(i: dict[str, Any]) -> dict[str, list[int]]:
    both = [
        combinatorial_paths(n, tested=k) for n, k in zip(i["N"], i["k"], strict=True)
    ]
    return {"splits": [s for s, _ in both], "paths": [p for _, p in both]}


def drawdown(i: dict[str, Any]) -> float:
    start = datetime(2000, 1, 1)  # noqa: DTZ001 -- the engine's own naive time
    equity = 100.0 * np.cumprod(1.0 + BACON)
    curve = [(start + timedelta(days=30 * n), float(e)) for n, e in enumerate(equity)]
    return compute_metrics(100.0, curve).max_drawdown_pct / 100.0


COMPUTE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "psr": lambda i: probabilistic_sharpe_ratio(
        i["sr"], i["sr_benchmark"], observations=i["n"], **shape(i)
    ),
    "sr_se_mertens": lambda i: standard_error_mertens(
        i["sr"], observations=i["n"], **shape(i)
    ),
    "min_trl_years": lambda i: track_record(i) / i["periods"],
    "min_trl_obs": track_record,
    "expected_max_sharpe": lambda i: (
        math.sqrt(i["var_trials"]) * expected_max_z(i["n_trials"])
    ),
    "dsr": deflated,
    "expected_max_z": lambda i: expected_max_z(i["n_trials"]),
    "min_btl_years": lambda i: min_backtest_length_years(
        i["n_trials"], target_sharpe_ann=i["target_sr_ann"]
    ),
    "n_combinations": lambda i: [split_count(blocks) for blocks in i["S"]],
    "cscv_single_logit": logit,
    "hl_haircut_independent": haircut,
    "adjust_p": lambda i: list(holm(i["p"])),
    "sr_se_lo_iid_table": lambda i: [
        [standard_error_lo(sr, observations=n) for n in i["n"]] for sr in i["sr"]
    ],
    "cpcv_counts": paths,
    "metric:max_drawdown": drawdown,
    "metric:sharpe_ann_arithmetic": lambda i: (
        estimate_sharpe(BACON).ratio * math.sqrt(i["periods"])
    ),
}
# Calmar, omega and Sortino are metrics of the catalogue and tested with it.
ELSEWHERE = {
    "metric:calmar",
    "metric:omega_mar0",
    "metric:sortino_per_period_mar0",
}


def agree(found: Any, expected: Any, tolerance: Any) -> None:
    if isinstance(expected, dict):
        for name, value in expected.items():
            bound = tolerance[name] if isinstance(tolerance, dict) else tolerance
            agree(found[name], value, bound)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            agree(one, other, tolerance)
    else:
        assert found == pytest.approx(expected, abs=tolerance, rel=0.0)


@pytest.mark.parametrize(
    "case",
    [case for case in FILE["cases"] if case["function"] not in ELSEWHERE],
    ids=lambda case: case["name"],
)
def test_reproduces_the_published_number(case: dict[str, Any]) -> None:
    found = COMPUTE[case["function"]](case["inputs"])

    agree(found, case["expected"], case["tolerance"])


def parts(found: Any, expected: Any) -> Iterator[tuple[float, float]]:
    """Yield each number beside the published one."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            yield from parts(found[name], value)
    elif isinstance(expected, list):
        for one, other in zip(found, expected, strict=True):
            yield from parts(one, other)
    else:
        yield float(found), float(expected)


@pytest.mark.parametrize(
    "case",
    [case for case in FILE["cases"] if case["function"] not in ELSEWHERE],
    ids=lambda case: case["name"],
)
def test_differs_from_the_paper_by_its_rounding_alone(case: dict[str, Any]) -> None:
    found = COMPUTE[case["function"]](case["inputs"])

    for ours, published in parts(found, case["expected"]):
        digits = len(repr(published).partition(".")[2])
        assert abs(ours - published) <= 0.5 * 10.0**-digits + 1e-9, (ours, published)


class TestConventions:
    """What an exhibit rests on, shown by what it would be otherwise."""

    def test_of_harvey_and_liu_is_the_normal_distribution(self) -> None:
        """T = 240 months at 0.75 a year, 200 tests: 0.15, and 0.32 after the cut."""
        statistic = 0.75 * math.sqrt(240 / 12)
        normal = 2.0 * stats.norm.sf(statistic)
        student = 2.0 * stats.t.sf(statistic, 239)

        cut = harvey_liu_haircut(0.75, observations=240, periods_per_year=12, tests=200)

        assert cut.p_single == pytest.approx(normal, rel=1e-9)
        assert 1.0 - (1.0 - normal) ** 200 == pytest.approx(0.1473, abs=5e-5)
        assert 1.0 - (1.0 - student) ** 200 == pytest.approx(0.1691, abs=5e-5)

    def test_of_the_probabilistic_ratio_is_the_normal_distribution(self) -> None:
        """24 months at 0.458: 0.982 in the paper, 0.976 by Student's t."""
        error = math.sqrt((1.0 + 0.5 * 0.458**2) / 23)

        assert stats.norm.cdf(0.458 / error) == pytest.approx(0.98167, abs=1e-5)
        assert stats.t.cdf(0.458 / error, 23) == pytest.approx(0.97605, abs=1e-5)
