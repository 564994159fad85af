"""The headline metrics, against hand-worked numbers and the reference's faults."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from backtesting.metrics import compute_metrics

START = datetime(2021, 1, 1, tzinfo=UTC)


def daily(*values: float) -> list[tuple[datetime, float]]:
    return [(START + timedelta(days=day), value) for day, value in enumerate(values)]


class TestComputeMetrics:
    def test_matches_a_hand_worked_example(self) -> None:
        # Returns 0.10, -0.10, 0.20: mean 1/15, squared deviations sum to 7/150,
        # so the deviation is sqrt(7/300) and the ratio (1/15)/sqrt(7/300) a bar.
        metrics = compute_metrics(100.0, daily(110.0, 99.0, 118.8))

        assert metrics.initial_value == 100.0
        assert metrics.final_value == 118.8
        assert metrics.total_pnl == pytest.approx(18.8)
        assert metrics.total_return_pct == pytest.approx(18.8)
        assert metrics.sharpe_ratio == pytest.approx(math.sqrt(252 * 4 / 21))
        assert metrics.max_drawdown == pytest.approx(11.0)
        assert metrics.max_drawdown_pct == pytest.approx(10.0)
        assert metrics.undefined == {}

    def test_subtracts_the_rate_of_one_bar_from_each_return(self) -> None:
        # 1 % a bar compounds to 1.01**12 - 1 a year of 12 bars.
        rate = 1.01**12 - 1

        metrics = compute_metrics(
            100.0,
            daily(110.0, 99.0, 118.8),
            trading_days_per_year=12,
            risk_free_rate=rate,
        )

        expected = (1 / 15 - 0.01) / math.sqrt(7 / 300) * math.sqrt(12)
        assert metrics.sharpe_ratio == pytest.approx(expected)

    def test_reads_naive_and_aware_times_alike(self) -> None:
        aware = daily(100.0, 101.0, 103.0)
        naive = [(moment.replace(tzinfo=None), value) for moment, value in aware]

        assert compute_metrics(100.0, naive) == compute_metrics(100.0, aware)

    def test_gives_named_zeros_for_an_empty_curve(self) -> None:
        metrics = compute_metrics(1000.0, [])

        assert metrics.initial_value == metrics.final_value == 1000.0
        assert [metrics.total_pnl, metrics.total_return_pct, metrics.cagr] == [0.0] * 3
        assert [metrics.max_drawdown, metrics.max_drawdown_pct] == [0.0] * 2
        assert metrics.sharpe_ratio == 0.0
        assert set(metrics.undefined) == {
            "total_pnl",
            "total_return_pct",
            "cagr",
            "sharpe_ratio",
            "max_drawdown",
            "max_drawdown_pct",
        }
        assert set(metrics.undefined.values()) == {"empty_equity_curve"}

    @pytest.mark.parametrize(
        ("curve", "undefined"),
        [
            (
                daily(110.0),
                {"cagr": "too_few_bars", "sharpe_ratio": "too_few_returns"},
            ),
            (daily(100.0, 100.0, 100.0), {"sharpe_ratio": "zero_variance"}),
            (
                daily(*(100 * 1.01**bar for bar in range(1, 500))),
                {"sharpe_ratio": "zero_variance"},
            ),
            (daily(90.0, 0.0), {"cagr": "equity_not_positive"}),
            (
                daily(90.0, 0.0, 90.0),
                {"cagr": "equity_not_positive", "sharpe_ratio": "equity_not_positive"},
            ),
            (
                daily(90.0, -10.0, 90.0),
                {"cagr": "equity_not_positive", "sharpe_ratio": "equity_not_positive"},
            ),
        ],
        ids=[
            "one bar",
            "all cash",
            "equal returns",
            "total loss",
            "resurrection",
            "debt",
        ],
    )
    def test_names_what_is_undefined(
        self, curve: list[tuple[datetime, float]], undefined: dict[str, str]
    ) -> None:
        metrics = compute_metrics(100.0, curve)

        assert metrics.undefined == undefined
        for name in undefined:
            assert math.isnan(getattr(metrics, name))

    def test_reads_a_total_loss_as_minus_100_percent(self) -> None:
        metrics = compute_metrics(100.0, daily(90.0, 0.0))

        assert metrics.total_return_pct == -100.0
        assert metrics.max_drawdown_pct == 100.0

    def test_says_overflow_rather_than_infinity(self) -> None:
        curve = [(START, 100.0), (START + timedelta(seconds=1), 200.0)]

        metrics = compute_metrics(100.0, curve)

        assert metrics.undefined["cagr"] == "overflow"

    def test_has_no_return_on_no_cash(self) -> None:
        metrics = compute_metrics(0.0, daily(0.0, 0.0))

        assert set(metrics.undefined) == {
            "total_return_pct",
            "cagr",
            "sharpe_ratio",
            "max_drawdown_pct",
        }

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    def test_refuses_equity_that_is_no_number(self, value: float) -> None:
        with pytest.raises(ValueError, match=r"equity at 1 is .* must be finite"):
            compute_metrics(100.0, daily(100.0, value, 100.0))

    @pytest.mark.parametrize("value", [math.nan, math.inf])
    def test_refuses_cash_that_is_no_number(self, value: float) -> None:
        with pytest.raises(ValueError, match="initial_value"):
            compute_metrics(value, daily(100.0))

    @pytest.mark.parametrize("days", [0, -252, math.nan, math.inf])
    def test_refuses_a_year_of_no_bars(self, days: float) -> None:
        with pytest.raises(ValueError, match="periods_per_year"):
            compute_metrics(100.0, daily(100.0), trading_days_per_year=days)

    @pytest.mark.parametrize("rate", [-1.0, math.nan, math.inf])
    def test_refuses_a_rate_that_is_none(self, rate: float) -> None:
        with pytest.raises(ValueError, match="risk_free_rate"):
            compute_metrics(100.0, daily(100.0), risk_free_rate=rate)

    def test_refuses_a_curve_that_goes_back_in_time(self) -> None:
        with pytest.raises(ValueError, match="back in time"):
            compute_metrics(100.0, daily(100.0, 101.0)[::-1])


class TestFaultsOfTheReference:
    """Each of these fails on the formula the reference qtos-core uses."""

    def test_ten_percent_in_a_year_is_ten_percent_a_year(self) -> None:
        # Calendar days over 252 trading days would read 6.80 %.
        year = timedelta(days=365.25)

        metrics = compute_metrics(100.0, [(START, 100.0), (START + year, 110.0)])

        assert metrics.cagr == pytest.approx(10.0, abs=1e-9)

    def test_the_percent_drawdown_is_its_own_maximum(self) -> None:
        # 100 -> 50 is 50 % and 50 in cash; 1000 -> 900 is 10 % and 100 in cash.
        metrics = compute_metrics(100.0, daily(50.0, 1000.0, 900.0))

        assert metrics.max_drawdown_pct == pytest.approx(50.0)
        assert metrics.max_drawdown == pytest.approx(100.0)

    def test_the_initial_cash_is_the_first_peak(self) -> None:
        # A loss on the first bar is a drawdown: taking E[0] as the peak reads 0.
        metrics = compute_metrics(100.0, daily(80.0, 90.0))

        assert metrics.max_drawdown_pct == pytest.approx(20.0)

    def test_one_missing_close_is_refused(self) -> None:
        # NaN compares false: it would read Sharpe 0.0 and no drawdown.
        with pytest.raises(ValueError, match="finite"):
            compute_metrics(100.0, daily(100.0, math.nan, 50.0))
