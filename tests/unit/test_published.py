"""The published functions, on the shipped sample and on bad arguments."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtesting import load_csv
from backtesting.terms import Costs, Direction, Exits, Fill, Sizing, SizingRule
from orchestrator.backtest_runner import run_backtest, run_backtest_from_request
from orchestrator.errors import (
    DataInvalidError,
    DataNotFoundError,
    DataSourceNotConfiguredError,
    InvalidRequestError,
    UnknownStrategyError,
)
from orchestrator.settings import Settings, shipped_data_dir


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    return load_csv(shipped_data_dir() / "sample_ohlcv.csv")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


class TestGate:
    def test_is_judged_on_bars_in_hand(self, sample: pd.DataFrame) -> None:
        answer = run_backtest(
            sample,
            "SPY",
            gate={"conditions": ["sharpe_ratio > 0.5"], "policy": "standard"},
            include=["evidence"],
        )

        assert answer["gate"]["verdict"] == "insufficient_evidence"
        assert answer["evidence"]["trials"] == 1

    def test_fails_where_a_condition_is_not_met(self, sample: pd.DataFrame) -> None:
        answer = run_backtest(
            sample,
            "SPY",
            gate={"conditions": ["sharpe_ratio > 99"], "policy": "literal"},
        )

        assert answer["gate"]["verdict"] == "fail"

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"gate": []}, "/gate"),
            ({"gate": ["sharpe > 1"]}, "/gate/0"),
            ({"include": "evidence"}, "/include"),
            ({"include": 5}, "/include"),
            ({"include": ["equity"]}, "/include/0"),
            ({"gates": ["sharpe_ratio > 1"]}, "/gates"),
        ],
        ids=["empty", "unknown metric", "word", "number", "unknown part", "misspelt"],
    )
    def test_is_refused_where_it_cannot_be_read(
        self, sample: pd.DataFrame, fields: dict[str, object], pointer: str
    ) -> None:
        with pytest.raises(InvalidRequestError) as by_bars:
            run_backtest(sample, "SPY", **fields)
        with pytest.raises(InvalidRequestError) as by_request:
            run_backtest_from_request(settings=Settings(), **fields)

        for refusal in (by_bars, by_request):
            assert [place.pointer for place in refusal.value.places] == [pointer]

    def test_of_a_request_is_a_trial_in_the_ledger(self, tmp_path: Path) -> None:
        settings = Settings(database_url=f"sqlite:///{tmp_path}/ledger.sqlite3")
        asked = {"csv_path": "sp500.csv", "gate": ["cagr > 0"], "settings": settings}

        first = run_backtest_from_request(quantity=1, **asked)
        second = run_backtest_from_request(quantity=2, fill="next_open", **asked)
        ours = run_backtest_from_request(quantity=3, caller="other", **asked)

        assert first["evidence"]["trials_counted"] == 1
        assert second["evidence"]["trials_counted"] == 2
        assert ours["evidence"]["trials_counted"] == 1

    def test_is_not_asked_and_nothing_is_recorded(self, tmp_path: Path) -> None:
        settings = Settings(database_url=f"sqlite:///{tmp_path}/ledger.sqlite3")

        run_backtest_from_request(csv_path="sp500.csv", settings=settings)

        assert not list(tmp_path.iterdir())


class TestRunBacktest:
    def test_gives_the_published_figures_of_the_sample(
        self, sample: pd.DataFrame
    ) -> None:
        # By hand: 50 shares from 321 to 357 gain 50 x 36 = 1,800 on 100,000.
        answer = run_backtest(sample, "SPY")

        metrics = answer["metrics"]
        assert answer["status"] == "ok"
        assert answer["symbol"] == "SPY"
        assert answer["strategy_type"] == "buy_and_hold"
        assert answer["num_trades"] == 1
        assert metrics["initial_value"] == 100_000.0
        assert metrics["final_value"] == 101_800.0
        assert metrics["total_pnl"] == 1_800.0
        assert metrics["total_return_pct"] == 1.8
        assert metrics["max_drawdown"] == 0.0
        assert metrics["max_drawdown_pct"] == 0.0

    def test_is_json_as_it_stands(self, sample: pd.DataFrame) -> None:
        answer = run_backtest(sample, "SPY")

        assert json.loads(json.dumps(answer, allow_nan=False)) == answer

    def test_names_why_a_metric_is_absent(self, sample: pd.DataFrame) -> None:
        answer = run_backtest(sample, "SPY")

        assert "calmar_ratio" not in answer["metrics"]
        assert answer["undefined_metrics"]["calmar_ratio"] == "no_drawdown"

    def test_says_that_cash_did_not_buy(self, sample: pd.DataFrame) -> None:
        answer = run_backtest(sample, "SPY", initial_cash=1_000.0)

        assert answer["num_trades"] == 0
        assert "sharpe_ratio" not in answer["metrics"]
        assert answer["orders"]["rejected"] == 1
        rejection = answer["orders"]["rejections"][0]
        assert rejection["reason"] == "insufficient_cash"
        assert rejection["needed"] == 50 * 321.0
        assert rejection["available"] == 1_000.0
        assert {"orders_rejected", "no_trades"} <= {
            warning["code"] for warning in answer["warnings"]
        }

    def test_takes_the_terms_of_a_spec(self, sample: pd.DataFrame) -> None:
        # By hand: 10 bps of 50 x 321 are 16.05.
        answer = run_backtest(
            sample, "SPY", costs=Costs(commission_bps=10.0), fill=Fill.CLOSE
        )

        assert answer["metrics"]["total_costs"] == pytest.approx(16.05)
        assert answer["metrics"]["final_value"] == pytest.approx(101_783.95)

    def test_repeats_itself(self, sample: pd.DataFrame) -> None:
        assert run_backtest(sample, "SPY") == run_backtest(sample, "SPY")

    def test_keeps_its_default_answer_small(self, sample: pd.DataFrame) -> None:
        assert len(json.dumps(run_backtest(sample, "SPY"))) < 8192

    def test_refuses_a_missing_close(self, sample: pd.DataFrame) -> None:
        broken = sample.copy()
        broken.iloc[3, broken.columns.get_loc("close")] = np.nan

        with pytest.raises(DataInvalidError, match="close"):
            run_backtest(broken, "SPY")

    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("initial_cash", 0.0),
            ("initial_cash", float("nan")),
            ("initial_cash", float("inf")),
            ("quantity", -1.0),
            ("quantity", True),
            ("quantity", "50"),
            ("initial_cash", None),
        ],
    )
    def test_refuses_a_number_that_is_not_positive(
        self, sample: pd.DataFrame, argument: str, value: float
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            run_backtest(sample, "SPY", **{argument: value})

        assert caught.value.places[0].pointer == f"/{argument}"

    def test_takes_terms_as_a_request_has_them(self, sample: pd.DataFrame) -> None:
        spoken = run_backtest(
            sample,
            "SPY",
            fill="next_open",
            direction="both",
            costs={"commission_bps": 10},
        )
        typed = run_backtest(
            sample,
            "SPY",
            fill=Fill.NEXT_OPEN,
            direction=Direction.BOTH,
            costs=Costs(commission_bps=10),
        )

        assert spoken == typed
        assert spoken["assumptions"]["fill"] == "next_open"

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("fill", "bogus"),
            ("direction", "up"),
            ("costs", {"commission": 1}),
            ("costs", 5),
            ("periods_per_year", 0),
            ("risk_free_rate", -1.0),
            ("risk_free_rate", "0.02"),
        ],
    )
    def test_names_the_option_it_refuses(
        self, sample: pd.DataFrame, option: str, value: object
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            run_backtest(sample, "SPY", **{option: value})

        assert caught.value.places[0].pointer.startswith(f"/{option}")

    @pytest.mark.parametrize("symbol", ["../../x", "", "a b", None, "/etc/passwd"])
    def test_refuses_what_is_no_symbol(self, sample: pd.DataFrame, symbol: str) -> None:
        for ask in (
            lambda: run_backtest(sample, symbol),
            lambda: run_backtest_from_request(symbol),
        ):
            with pytest.raises(InvalidRequestError):
                ask()

    def test_refuses_what_is_no_data(self) -> None:
        with pytest.raises(InvalidRequestError):
            run_backtest(None, "SPY")

    @pytest.mark.parametrize(
        "terms",
        [
            {"costs": Costs(slippage_bps=10_000.0)},
            {"costs": Costs(commission_bps=-1.0)},
            {"exits": Exits(stop_loss_pct=0.0)},
            {"sizing": Sizing(rule=SizingRule.RISK_PER_TRADE)},
        ],
    )
    def test_refuses_terms_out_of_range(
        self, sample: pd.DataFrame, terms: dict[str, object]
    ) -> None:
        with pytest.raises(InvalidRequestError):
            run_backtest(sample, "SPY", **terms)

    def test_suggests_the_nearest_strategy(self, sample: pd.DataFrame) -> None:
        with pytest.raises(UnknownStrategyError, match="buy_and_hold"):
            run_backtest(sample, "SPY", strategy_type="buy_and_hodl")


class TestRunBacktestFromRequest:
    def test_reads_a_file_under_the_data_folder(self) -> None:
        answer = run_backtest_from_request(csv_path="sp500.csv", quantity=1)

        assert answer["data"]["source"] == "csv"
        assert answer["data"]["bars"] == 5031

    def test_says_when_it_uses_the_sample(self, settings: Settings) -> None:
        answer = run_backtest_from_request(settings=settings)

        assert answer["data"]["source"] == "sample"
        assert answer["metrics"]["final_value"] == 101_800.0
        assert "sample_data" in {warning["code"] for warning in answer["warnings"]}

    def test_never_uses_the_sample_for_a_path(self, settings: Settings) -> None:
        with pytest.raises(DataNotFoundError):
            run_backtest_from_request(csv_path="none.csv", settings=settings)

    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("data_source", "ftp"),
            ("period", "soon"),
            ("csv_path", "/etc/passwd"),
            ("csv_path", "../sp500.csv"),
        ],
    )
    def test_names_the_argument_it_refuses(
        self, settings: Settings, argument: str, value: str
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            run_backtest_from_request(settings=settings, **{argument: value})

        assert caught.value.places[0].pointer == f"/{argument}"

    def test_needs_a_data_service_that_is_configured(self, settings: Settings) -> None:
        with pytest.raises(DataSourceNotConfiguredError):
            run_backtest_from_request(data_source="data_service", settings=settings)
