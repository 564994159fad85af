"""Every metric of a run: hand-worked values, reasons, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backtesting.metrics import CATALOGUE, History, hold, measure, measure_equity

HistoryOf = Callable[..., History]

OF_CLOSED_TRADES = {
    "win_rate_pct",
    "profit_factor",
    "expectancy",
    "average_win",
    "average_loss",
    "payoff_ratio",
    "average_holding_bars",
    "largest_loss_streak",
}
OF_RETURNS = {
    "volatility_pct",
    "sharpe_ratio",
    "sortino_ratio",
    "omega_ratio",
    "value_at_risk_95_pct",
    "expected_shortfall_95_pct",
    "tail_ratio",
    "skewness",
    "kurtosis",
    "alpha_pct",
    "beta",
    "correlation",
    "information_ratio",
}


def values_of(history: History, **options: Any) -> dict[str, float]:
    found = measure(history, **({"periods_per_year": 252.0} | options))
    return dict(found.run.values)


def reasons_of(history: History, **options: Any) -> dict[str, str]:
    found = measure(history, **({"periods_per_year": 252.0} | options))
    return dict(found.run.undefined)


class TestDrawdowns:
    def test_are_measured_in_depth_and_time(self, history_of: HistoryOf) -> None:
        # Peak 120 on day 1; 90 on day 3 is 25 % under it; back at 120 on day 5.
        # Then 114 is 5 % under 120 for one day.  Ulcer: sqrt((.1^2 + .25^2 + .15^2
        # + .05^2)/8) = sqrt(0.0975/8).
        equity = [100.0, 120.0, 108.0, 90.0, 102.0, 120.0, 114.0, 130.0]

        values = values_of(history_of(equity))

        assert values["max_drawdown"] == 30.0
        assert values["max_drawdown_pct"] == 25.0
        assert values["max_drawdown_days"] == 4.0
        assert values["recovery_days"] == 2.0
        assert values["ulcer_index"] == pytest.approx(100 * math.sqrt(0.0975 / 8))

    def test_count_time_from_the_last_bar_at_the_peak(
        self, history_of: HistoryOf
    ) -> None:
        values = values_of(history_of([120.0, 120.0, 120.0, 110.0, 120.0]))

        assert values["max_drawdown_days"] == 2.0

    def test_still_open_counts_up_to_the_last_bar(self, history_of: HistoryOf) -> None:
        history = history_of([100.0, 120.0, 110.0, 111.0, 112.0])

        assert values_of(history)["max_drawdown_days"] == 3.0
        assert reasons_of(history)["recovery_days"] == "not_recovered"

    def test_the_deepest_open_is_not_recovered_though_others_were(
        self, history_of: HistoryOf
    ) -> None:
        reasons = reasons_of(history_of([100.0, 90.0, 120.0, 60.0, 70.0]))

        assert reasons["recovery_days"] == "not_recovered"

    def test_a_curve_that_only_rises_has_none(self, history_of: HistoryOf) -> None:
        history = history_of([100.0, 101.0, 103.0])

        values = values_of(history)

        assert values["max_drawdown"] == values["max_drawdown_pct"] == 0.0
        assert values["max_drawdown_days"] == values["recovery_days"] == 0.0
        assert values["ulcer_index"] == 0.0
        assert reasons_of(history)["calmar_ratio"] == "no_drawdown"


class TestRatios:
    def test_match_hand_worked_examples(self, history_of: HistoryOf) -> None:
        # Returns 0.10, -0.10, 0.20: mean 1/15; downside sqrt(0.01/3).
        values = values_of(history_of([110.0, 99.0, 118.8]), periods_per_year=12.0)

        assert values["volatility_pct"] == pytest.approx(
            100 * math.sqrt(7 / 300) * math.sqrt(12)
        )
        assert values["sortino_ratio"] == pytest.approx(
            (1 / 15) / math.sqrt(0.01 / 3) * math.sqrt(12)
        )
        assert values["omega_ratio"] == pytest.approx(3.0)

    def test_calmar_is_growth_over_the_deepest_drawdown(
        self, history_of: HistoryOf
    ) -> None:
        values = values_of(history_of([110.0, 99.0, 118.8]))

        expected = values["cagr"] / 10.0
        assert values["calmar_ratio"] == pytest.approx(expected)

    def test_have_no_downside_where_nothing_is_lost(
        self, history_of: HistoryOf
    ) -> None:
        reasons = reasons_of(history_of([101.0, 103.0, 104.0]))

        assert reasons["sortino_ratio"] == "no_downside"
        assert reasons["omega_ratio"] == "no_losing_bar"

    def test_all_cash_varies_not_even_against_a_rate(
        self, history_of: HistoryOf
    ) -> None:
        reasons = reasons_of(history_of([100.0] * 300), risk_free_rate=0.03)

        assert reasons["sharpe_ratio"] == "zero_variance"
        assert reasons["skewness"] == reasons["kurtosis"] == "zero_variance"
        assert reasons["tail_ratio"] == "zero_tail"


class TestTails:
    def test_need_twenty_returns(self, history_of: HistoryOf) -> None:
        equity = 100.0 * np.cumprod(1 + np.resize([0.02, -0.01], 19))

        reasons = reasons_of(history_of(equity))

        assert reasons["value_at_risk_95_pct"] == "too_few_returns"
        assert reasons["expected_shortfall_95_pct"] == "too_few_returns"

    def test_match_a_hand_worked_example(self, history_of: HistoryOf) -> None:
        # Sorted: -0.05, -0.03, then 19 of 0.01; the 5th percentile of 21 returns
        # is the second, the mean of those at or below it -0.04; the 95th is 0.01.
        returns = [0.01] * 10 + [-0.05] + [0.01] * 9 + [-0.03]
        equity = 100.0 * np.cumprod(1 + np.array(returns))

        values = values_of(history_of(equity))

        assert values["value_at_risk_95_pct"] == pytest.approx(3.0)
        assert values["expected_shortfall_95_pct"] == pytest.approx(4.0)
        assert values["tail_ratio"] == pytest.approx(1 / 3)


class TestExposure:
    def test_counts_bars_and_the_largest_value_over_equity(
        self, history_of: HistoryOf
    ) -> None:
        history = history_of(
            [100.0, 100.0, 80.0, 100.0],
            close=[10.0, 10.0, 20.0, 10.0],
            position=[0.0, 5.0, -3.0, 0.0],
        )

        values = values_of(history)

        assert values["exposure_pct"] == 50.0
        assert values["max_exposure_pct"] == pytest.approx(75.0)

    def test_is_undefined_while_equity_is_gone(self, history_of: HistoryOf) -> None:
        history = history_of([100.0, 0.0], position=[5.0, 5.0])

        assert reasons_of(history)["max_exposure_pct"] == "equity_not_positive"
        assert values_of(history)["exposure_pct"] == 100.0

    def test_turnover_is_traded_value_over_mean_equity_a_year(
        self, history_of: HistoryOf
    ) -> None:
        history = history_of([100.0, 300.0], traded_value=400.0, total_costs=1.5)

        values = values_of(history)

        assert values["turnover"] == pytest.approx(400 / 200 * 365.25)
        assert values["total_costs"] == 1.5


class TestClosedTrades:
    def test_match_a_hand_worked_example(self, history_of: HistoryOf) -> None:
        history = history_of(
            [100.0, 100.0],
            trade_pnl=[10.0, -2.0, -4.0, 0.0, -6.0, 20.0],
            trade_bars=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        )

        values = values_of(history)

        assert values["closed_trades"] == 6.0
        assert values["win_rate_pct"] == pytest.approx(100 / 3)
        assert values["profit_factor"] == pytest.approx(30 / 12)
        assert values["expectancy"] == pytest.approx(3.0)
        assert values["average_win"] == pytest.approx(15.0)
        assert values["average_loss"] == pytest.approx(4.0)
        assert values["payoff_ratio"] == pytest.approx(3.75)
        assert values["average_holding_bars"] == pytest.approx(3.5)
        assert values["largest_loss_streak"] == 2.0

    @pytest.mark.parametrize(
        ("pnl", "expected"),
        [
            ([], dict.fromkeys(OF_CLOSED_TRADES, "no_closed_trades")),
            (
                [1.0],
                {
                    "average_loss": "no_losing_trade",
                    "profit_factor": "no_losing_trade",
                    "payoff_ratio": "no_losing_trade",
                },
            ),
            (
                [-1.0],
                {
                    "average_win": "no_winning_trade",
                    "payoff_ratio": "no_winning_trade",
                },
            ),
        ],
        ids=["none", "only a win", "only a loss"],
    )
    def test_name_what_is_undefined(
        self, history_of: HistoryOf, pnl: list[float], expected: dict[str, str]
    ) -> None:
        history = history_of([100.0], trade_pnl=pnl, trade_bars=[1.0] * len(pnl))

        reasons = reasons_of(history)

        assert {k: v for k, v in reasons.items() if k in OF_CLOSED_TRADES} == expected

    def test_only_losses_have_a_profit_factor_of_zero(
        self, history_of: HistoryOf
    ) -> None:
        history = history_of([100.0], trade_pnl=[-1.0], trade_bars=[1.0])

        assert values_of(history)["profit_factor"] == 0.0


class TestBenchmark:
    def test_is_all_cash_in_the_bars_from_their_first_close(
        self, history_of: HistoryOf
    ) -> None:
        history = history_of([100.0, 100.0, 100.0], close=[10.0, 8.0, 12.0])

        found = measure(history, periods_per_year=252.0)

        assert found.benchmark.values["initial_value"] == 100.0
        assert found.benchmark.values["final_value"] == pytest.approx(120.0)
        assert found.benchmark.values["max_drawdown_pct"] == pytest.approx(20.0)
        assert found.run.values["excess_return_pct"] == pytest.approx(-20.0)

    def test_may_be_another_symbol(self, history_of: HistoryOf) -> None:
        history = history_of([110.0, 121.0], close=[10.0, 10.0])

        other = hold(
            history.timestamps,
            np.array([4.0, 5.0]),
            initial_cash=history.initial_cash,
            periods_per_year=252.0,
        )
        found = measure(history, periods_per_year=252.0, held=other)

        assert found.run.values["excess_return_pct"] == pytest.approx(-4.0)

    def test_of_twice_itself_has_beta_two(self, history_of: HistoryOf) -> None:
        steps = np.array([0.0, 0.01, -0.02, 0.03, -0.01])
        history = history_of(
            100 * np.cumprod(1 + 2 * steps), close=10 * np.cumprod(1 + steps)
        )

        values = values_of(history)

        assert values["beta"] == pytest.approx(2.0)
        assert values["correlation"] == pytest.approx(1.0)
        assert values["alpha_pct"] == pytest.approx(0.0, abs=1e-9)

    def test_alpha_leaves_the_rate_out(self, history_of: HistoryOf) -> None:
        # All cash earns nothing where the rate is 1 % a bar: alpha is -1 % a bar.
        steps = np.array([0.0, 0.01, -0.02, 0.03])
        history = history_of([100.0] * 4, close=10 * np.cumprod(1 + steps))

        values = values_of(history, risk_free_rate=1.01**12 - 1, periods_per_year=12.0)

        assert values["beta"] == pytest.approx(0.0, abs=1e-12)
        assert values["alpha_pct"] == pytest.approx(-12.0)

    def test_that_stands_still_has_no_regression(self, history_of: HistoryOf) -> None:
        reasons = reasons_of(history_of([100.0, 110.0, 105.0]))

        for name in ("alpha_pct", "beta", "correlation"):
            assert reasons[name] == "zero_benchmark_variance"

    def test_that_is_the_run_leaves_no_information(self, history_of: HistoryOf) -> None:
        close = 100 * np.cumprod([1.0, 1.01, 0.97, 1.02])

        reasons = reasons_of(history_of(close, close=close))

        assert reasons["information_ratio"] == "zero_active_variance"

    @pytest.mark.parametrize("price", [0.0, -1.0, math.nan])
    def test_refuses_a_price_that_is_none(
        self, history_of: HistoryOf, price: float
    ) -> None:
        history = history_of([100.0, 100.0])

        with pytest.raises(ValueError, match="not positive"):
            hold(
                history.timestamps,
                np.array([1.0, price]),
                initial_cash=100.0,
                periods_per_year=252.0,
            )

    def test_refuses_another_number_of_bars(self, history_of: HistoryOf) -> None:
        longer = history_of([100.0] * 3)
        held = hold(
            longer.timestamps, longer.close, initial_cash=100.0, periods_per_year=252.0
        )

        with pytest.raises(ValueError, match="held has shape"):
            measure(history_of([100.0, 100.0]), periods_per_year=252.0, held=held)


class TestUndefined:
    def test_of_one_bar_names_all_that_needs_two(self, history_of: HistoryOf) -> None:
        reasons = reasons_of(history_of([100.0]))

        by_reason = {
            reason: {name for name, given in reasons.items() if given == reason}
            for reason in reasons.values()
        }
        assert by_reason == {
            "too_few_bars": {"cagr", "calmar_ratio", "turnover"},
            "too_few_returns": OF_RETURNS,
            "no_closed_trades": OF_CLOSED_TRADES,
        }

    @pytest.mark.parametrize("low", [0.0, -5.0])
    def test_after_ruin_nothing_is_said_of_returns(
        self, history_of: HistoryOf, low: float
    ) -> None:
        reasons = reasons_of(history_of([100.0, low] + [100.0] * 30))

        for name in OF_RETURNS | {"cagr", "calmar_ratio"}:
            assert reasons[name] == "equity_not_positive"

    def test_ruin_on_the_last_bar_is_a_return_of_minus_100_percent(
        self, history_of: HistoryOf
    ) -> None:
        values = values_of(history_of([100.0, 100.0, 0.0]))

        assert values["total_return_pct"] == -100.0
        assert values["sharpe_ratio"] < 0.0


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"equity": [100.0, math.nan]}, "equity at 1 is nan"),
            ({"equity": [math.inf, 100.0]}, "equity at 0 is inf"),
            ({"position": [math.nan, 0.0]}, "position at 0 is nan"),
            ({"trade_pnl": [math.inf], "trade_bars": [1.0]}, "trade_pnl at 0"),
            ({"total_costs": math.nan}, "total_costs"),
            ({"traded_value": math.inf}, "traded_value"),
            ({"initial_cash": 0.0}, "initial_cash"),
            ({"initial_cash": math.nan}, "initial_cash"),
            ({"position": [0.0]}, "position has shape"),
            ({"close": [1.0, 1.0, 1.0]}, "close has shape"),
            ({"trade_pnl": [1.0]}, "trade_bars has shape"),
        ],
    )
    def test_name_the_value_and_the_place(
        self, history_of: HistoryOf, change: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            values_of(history_of(**({"equity": [100.0, 100.0]} | change)))

    def test_include_a_run_without_bars(self) -> None:
        with pytest.raises(ValueError, match="no bar"):
            measure_equity(
                np.empty(0, dtype="datetime64[ns]"),
                np.empty(0),
                initial_cash=100.0,
                periods_per_year=252.0,
            )


class TestMeasureEquity:
    def test_says_what_measure_says_of_the_same_curve(
        self, history_of: HistoryOf
    ) -> None:
        history = history_of([100.0, 90.0, 95.0, 130.0])
        whole = measure(history, periods_per_year=252.0).run

        part = measure_equity(
            history.timestamps,
            history.equity,
            initial_cash=100.0,
            periods_per_year=252.0,
        )

        assert part.values.items() <= whole.values.items()
        assert part.undefined.items() <= whole.undefined.items()


class TestCatalogue:
    def test_declares_each_name_once(self) -> None:
        names = [metric.name for metric in CATALOGUE]

        assert len(names) == len(set(names))

    def test_declares_what_is_measured(self, history_of: HistoryOf) -> None:
        found = measure(history_of([100.0, 101.0]), periods_per_year=252.0).run

        assert {*found.values, *found.undefined} == {m.name for m in CATALOGUE}

    @pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
    def test_says_all_of_a_metric(self, metric: Any) -> None:
        assert metric.unit
        assert metric.definition.endswith(".")
        assert metric.source
        assert metric.direction in {"higher", "lower", "neutral"}
        assert (metric.undefined is None) == (not metric.reasons)
