"""Work is bounded by the request's time: counted by a clock that the test moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backtesting import Bars
from orchestrator.backtest_runner import execute
from orchestrator.bootstrap import build_services
from orchestrator.deadline import Deadline
from orchestrator.errors import BudgetExceededError
from orchestrator.evidence import resampling
from orchestrator.evidence.resampling import BootstrapPlan, bootstrap
from orchestrator.hooks.base import HookKind
from orchestrator.hooks.loading import load_hooks
from orchestrator.loaders.checks.quality import _splits
from orchestrator.schemas.backtest.request import request_schema
from orchestrator.settings import LedgerMode, Settings
from orchestrator.spec import BacktestSpec, LoadedBars
from orchestrator.strategies.registry import STRATEGIES
from orchestrator.web.app import create_app

MINUTES = 2000


def bars_of(closes: np.ndarray, volume: np.ndarray | None = None) -> Bars:
    """Return minutes that open, peak and end at some closes."""
    return Bars.checked(
        timestamps=np.datetime64("2020-01-01T00:00", "m") + np.arange(closes.size),
        open=closes,
        high=closes,
        low=closes,
        close=closes,
        volume=np.full(closes.size, 1000.0) if volume is None else volume,
    )


class Ticking:
    """A clock on which every look costs a second."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        return float(self.looks)


def loaded(bars: Bars) -> LoadedBars:
    services = build_services(Settings(ledger=LedgerMode.OFF))
    columns = {name: getattr(bars, name).tolist() for name in ("open", "close")}
    columns |= {"high": bars.high.tolist(), "low": bars.low.tolist()}
    body = {
        "data_source": "inline",
        "bars": {"timestamp": [str(t)[:19] for t in bars.timestamps], **columns},
    }
    spec = request_schema(STRATEGIES).load_body(body).spec
    return services.backtests.loaders["inline"].load(spec.query, Deadline.never())


@pytest.fixture(scope="module")
def minutes() -> LoadedBars:
    closes = 100.0 * np.exp(
        np.cumsum(np.random.default_rng(1).normal(0.0, 0.001, MINUTES))
    )
    return loaded(bars_of(closes))


class TestTheEventLoop:
    def test_ends_with_the_time_of_its_request(self, minutes: LoadedBars) -> None:
        asked = load_hooks(HookKind.OBSERVERS, [{"type": "trade_log"}])
        spec = BacktestSpec(observers=asked)
        clock = Ticking()

        with pytest.raises(BudgetExceededError, match="the last bar was reached"):
            execute(spec, minutes, deadline=Deadline(10.0, clock))

        # It looked at least each 64 bars, and no more once the time was spent.
        assert clock.looks <= 10 + 1

    def test_is_refused_before_it_begins_where_it_cannot_end(
        self, minutes: LoadedBars
    ) -> None:
        asked = load_hooks(HookKind.OBSERVERS, [{"type": "trade_log"}] * 9)
        spec = BacktestSpec(observers=asked)

        with pytest.raises(BudgetExceededError, match=r"2000 bars with 9 hooks take"):
            execute(spec, minutes, deadline=Deadline(0.03, lambda: 0.0))


class TestTheSplitCheck:
    """Vectors, against the rule said in words for each bar."""

    @staticmethod
    def in_words(bars: Bars) -> list[int]:
        ratios = np.array([1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 50, 100])
        found = []
        for row in range(1, len(bars)):
            step = bars.close[row - 1] / bars.open[row]
            ratio = max(step, 1 / step)
            if ratio <= 1.4 or np.abs(ratios / ratio - 1).min() > 0.04:
                continue
            before = np.median(bars.volume[max(0, row - 20) : row])
            after = np.median(bars.volume[row : row + 5])
            shown = after >= 1.2 * before if step > 1 else before >= 1.2 * after
            if before == 0 or after == 0 or shown:
                found.append(row)
        return found

    @given(
        arrays(np.float64, 60, elements=st.sampled_from([1.0, 2.0, 2.1, 3.0, 10.0])),
        arrays(np.float64, 60, elements=st.sampled_from([0.0, 1.0, 2.0, 5.0])),
    )
    def test_is_the_rule(self, closes: np.ndarray, volumes: np.ndarray) -> None:
        bars = bars_of(closes, volume=volumes)

        assert _splits(bars).tolist() == self.in_words(bars)

    def test_of_bars_that_double_and_halve_is_one_pass(self) -> None:
        """400,000 jumps: a loop over them took over a minute."""
        bars = bars_of(np.tile([1.0, 2.0], 200_000))

        assert _splits(bars).size == 0


class TestTheBootstrap:
    @pytest.mark.parametrize("at_once", [1, 50, 700, 10_000])
    def test_is_the_same_in_any_number_of_parts(
        self, monkeypatch: pytest.MonkeyPatch, at_once: int
    ) -> None:
        returns = np.random.default_rng(2).normal(0.0003, 0.01, 253)
        plan = BootstrapPlan(seed=5, resamples=300)
        whole = bootstrap(returns, plan)

        monkeypatch.setattr(resampling, "_STARTS_AT_ONCE", at_once)
        parts = bootstrap(returns, plan)

        # Sums of one path in another order may differ in the last place.
        assert parts.sharpe_ratios == pytest.approx(whole.sharpe_ratios, rel=1e-12)
        assert parts.max_drawdown_pcts.tolist() == whole.max_drawdown_pcts.tolist()


class TestAnAnswer:
    """Bytes are counted before anything is written."""

    @pytest.fixture
    def client(self, tmp_path: Path) -> FlaskClient:
        closes = np.tile([1.0, 2.0], 105_000)
        times = np.datetime64("2020-01-01T00:00", "m") + np.arange(closes.size)
        rows = [
            f"{time},{price},{price},{price},{price}"
            for time, price in zip(times.astype(str), closes, strict=True)
        ]
        text = "\n".join(["timestamp,open,high,low,close", *rows])
        (tmp_path / "MANY.csv").write_text(text)
        settings = Settings(data_dir=tmp_path, ledger=LedgerMode.OFF)
        return create_app(build_services(settings), settings).test_client()

    def test_that_is_too_large_is_refused_with_the_cure(
        self, client: FlaskClient
    ) -> None:
        """82 bytes asked for 237 MB."""
        request = {
            "symbol": "MANY",
            "strategy_type": "sma_cross",
            "strategy_params": {"fast": 1, "slow": 2},
            "include": ["equity_curve", "trades", "orders"],
        }

        refused = client.post("/backtest", json=request).json
        allowed = client.post(
            "/backtest",
            json=request | {"include": ["equity_curve"], "max_points": 1000},
        )

        assert refused is not None
        assert refused["code"] == "answer_too_large"
        assert refused["errors"][0]["pointer"] == "/include"
        assert "max_points" in refused["detail"]
        assert allowed.status_code == 200

    @pytest.mark.parametrize("part", ["equity_curve", "trades", "orders"])
    def test_takes_about_what_is_counted(self, client: FlaskClient, part: str) -> None:
        request = {
            "symbol": "MANY",
            "strategy_type": "sma_cross",
            "strategy_params": {"fast": 1, "slow": 2},
            "end": "2020-01-20",
        }
        plain = len(client.post("/backtest", json=request).data)

        long = client.post("/backtest", json=request | {"include": [part]})

        assert long.json is not None
        name = {"orders": "order_log"}.get(part, part)
        found = long.json[name]
        rows = len(found["equity"]) if part == "equity_curve" else len(found)
        sizes = {"equity_curve": 48, "trades": 260, "orders": 140}
        assert (len(long.data) - plain) / rows == pytest.approx(sizes[part], rel=0.35)


class TestARequest:
    @pytest.mark.parametrize(
        ("path", "extra"),
        [
            ("/backtest", {}),
            ("/backtest", {"observers": [{"type": "trade_log"}]}),
            ("/gate", {"gate": ["sharpe_ratio > 0"]}),
            ("/strategies/validate", {}),
        ],
    )
    def test_without_time_is_a_503_with_retry_after(
        self, tmp_path: Path, path: str, extra: dict[str, Any]
    ) -> None:
        settings = Settings(data_dir=tmp_path, ledger=LedgerMode.OFF, work_budget=1e-6)
        client = create_app(build_services(settings), settings).test_client()

        answer = client.post(path, json={"symbol": "SPY", **extra})

        assert answer.status_code == 503
        assert answer.json is not None
        assert answer.json["code"] == "work_budget_exceeded"
        assert int(answer.headers["Retry-After"]) >= 1
