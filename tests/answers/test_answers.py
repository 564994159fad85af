"""Our answers against others': each strategy has one that was not made by our code.

``data/sma_cross_backtesting.json`` and ``data/sma_cross_vectorbt.json`` were made by
those libraries (`make_libraries.py`), ``data/targets.json`` by plain loops and pandas
(`make_targets.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtesting import Bars, Exits, Fill, Simulation, Sizing, Terms, simulate
from orchestrator.parameters import STRATEGY_PARAMS, load
from orchestrator.strategies.registry import STRATEGIES

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[2]


def stored(name: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((DATA / name).read_text())
    return answer


@pytest.fixture(scope="module")
def bars() -> Bars:
    path = ROOT / "vendor/qtos-core/examples/data/sp500.csv"
    return Bars.from_frame(pd.read_csv(path, index_col="date", parse_dates=True))


def levels_of(bars: Bars, name: str, params: dict[str, object]) -> np.ndarray:
    strategy = STRATEGIES[name]
    loaded = load(strategy.params, params, under=STRATEGY_PARAMS)
    return strategy.decide(bars, loaded, Terms()).target_positions


def run(
    bars: Bars, targets: np.ndarray, answer: dict[str, Any], stop: float = 0
) -> Simulation:
    terms = Terms(
        exits=Exits(stop_loss_pct=stop) if stop else Exits(),
        initial_cash=answer["cash"],
        fill=Fill(answer["fill"]),
        sizing=Sizing(quantity=answer["shares"]),
    )
    return simulate(bars, targets, terms)


def day(bars: Bars, row: int) -> str:
    return str(bars.timestamps[row])[:10]


def closed_lots(bars: Bars, simulation: Simulation) -> Iterator[tuple[Any, ...]]:
    fills = simulation.fills
    for entry in range(0, len(fills.price) - 1, 2):
        yield (
            day(bars, fills.bar[entry]),
            fills.price[entry],
            day(bars, fills.bar[entry + 1]),
            fills.price[entry + 1],
        )


def cases() -> list[Any]:
    return [
        pytest.param(
            library,
            run,
            id=f"{library}, {run['fast']} over {run['slow']} bars, "
            f"stop {run.get('stop_loss_pct', 0)}",
        )
        for library in ("backtesting", "vectorbt")
        for run in stored(f"sma_cross_{library}.json")["runs"]
    ]


class TestSmaCrossOnTheIndex:
    @pytest.mark.parametrize(("library", "theirs"), cases())
    def test_agrees_trade_by_trade(
        self, bars: Bars, library: str, theirs: dict[str, Any]
    ) -> None:
        answer = stored(f"sma_cross_{library}.json")
        targets = levels_of(
            bars, "sma_cross", {"fast": theirs["fast"], "slow": theirs["slow"]}
        )

        simulation = run(bars, targets, answer, theirs.get("stop_loss_pct", 0))

        ours = list(closed_lots(bars, simulation))
        assert len(ours) == len(theirs["trades"]) >= 5
        for mine, (entry_day, entry, exit_day, leave, _) in zip(
            ours, theirs["trades"], strict=True
        ):
            assert (mine[0], mine[2]) == (entry_day, exit_day)
            assert (mine[1], mine[3]) == pytest.approx((entry, leave), rel=1e-12)
        assert len(simulation.fills.price) % 2 == len(theirs["open"])
        assert simulation.equity[-1] == pytest.approx(theirs["final_value"], rel=1e-9)
        pnl = [trade[4] for trade in theirs["trades"]]
        assert simulation.closed_lots.pnl == pytest.approx(pnl, rel=1e-9, abs=1e-8)


def params_of(name: str, bars: Bars) -> dict[str, object]:
    if name == "rules":
        return {
            "entry": "crosses_above(sma(close, 20), sma(close, 50))"
            " and rsi(close, 14) < 70",
            "exit": "crosses_below(sma(close, 20), sma(close, 50))",
        }
    if name == "signals":
        return {
            "hold_bars": 5,
            "signals": {
                "timestamp": [str(label)[:10] for label in bars.timestamps[::50]],
                "side": ["buy"] * len(bars.timestamps[::50]),
            },
        }
    return {}


class TestEachStrategyOnTheIndex:
    @pytest.mark.parametrize("name", STRATEGIES)
    def test_changes_its_target_on_the_days_worked_out_plainly(
        self, bars: Bars, name: str
    ) -> None:
        targets = levels_of(bars, name, params_of(name, bars))

        changes = np.flatnonzero(np.diff(targets, prepend=0.0))
        ours = [[day(bars, row), targets[row]] for row in changes]
        assert ours == stored("targets.json")["strategies"][name]["changes"]

    @pytest.mark.parametrize("name", STRATEGIES)
    def test_makes_the_money_worked_out_plainly(self, bars: Bars, name: str) -> None:
        answer = stored("targets.json")
        targets = levels_of(bars, name, params_of(name, bars))

        simulation = run(bars, targets, answer)

        theirs = answer["strategies"][name]["final_value"]
        assert simulation.equity[-1] == pytest.approx(theirs, rel=1e-12)
