"""The metrics against a benchmark, bar by bar over the same bars.

The benchmark is bought at the close of the first bar with all cash, so its first
return is zero.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from backtesting.metrics import kernels
from backtesting.metrics.definition import Reason
from backtesting.metrics.equity import is_constant

if TYPE_CHECKING:
    from backtesting.metrics.equity import Clock, Curve
    from backtesting.metrics.sheet import Sheet

REGRESSED = ("alpha_pct", "beta", "correlation")


def add_relative(sheet: Sheet, curve: Curve, benchmark: Curve, clock: Clock) -> None:
    """Write what a run did beside its benchmark."""
    growth = curve.final / curve.initial - benchmark.final / benchmark.initial
    sheet.put("excess_return_pct", growth * 100.0)
    trouble = curve.trouble or benchmark.trouble
    if trouble is not None:
        sheet.skip_all((*REGRESSED, "information_ratio"), trouble)
        return
    joint = kernels.joint_of(
        curve.series,
        benchmark.series,
        curve.returns.mean,
        benchmark.returns.mean,
    )
    _add_regression(sheet, (curve, benchmark), joint, clock)
    if is_constant(joint.active_second, joint.active_largest, curve.bars):
        sheet.skip("information_ratio", Reason.ZERO_ACTIVE_VARIANCE)
    else:
        deviation = math.sqrt(joint.active_second / (curve.bars - 1))
        scale = math.sqrt(clock.periods_per_year)
        sheet.put("information_ratio", joint.active_mean / deviation * scale)


def _add_regression(
    sheet: Sheet, curves: tuple[Curve, Curve], joint: kernels.Joint, clock: Clock
) -> None:
    own, other = curves[0].returns, curves[1].returns
    count = curves[0].bars
    if is_constant(other.second, other.largest, count):
        sheet.skip_all(REGRESSED, Reason.ZERO_BENCHMARK_VARIANCE)
        return
    beta = joint.product / other.second
    rate = clock.rate_per_period
    alpha = (own.mean - rate) - beta * (other.mean - rate)
    sheet.put("beta", beta)
    sheet.put("alpha_pct", alpha * clock.periods_per_year * 100.0)
    if is_constant(own.second, own.largest, count):
        sheet.skip("correlation", Reason.ZERO_VARIANCE)
    else:
        cosine = joint.product / math.sqrt(own.second * other.second)
        sheet.put("correlation", min(1.0, max(-1.0, cosine)))
