"""Every warning a run may carry: what `insufficient_on` of a policy may name.

A name that is not here would never be met, and a policy that waits for it would
let everything pass.
"""

from __future__ import annotations

TRIALS_UNCOUNTED = "trials_uncounted"
"""Not given by a run: the gate finds it where nobody counts."""

OF_DATA = (
    "dropped_rows",
    "extreme_returns",
    "future_bars",
    "missing_sessions",
    "mixed_spacing",
    "off_calendar_bars",
    "old_data",
    "partial_window",
    "sample_data",
    "stale_closes",
    "stale_data",
    "unadjusted_splits",
    "zero_volume",
)
OF_DECISIONS = (
    "rules_long_only",
    "signals_cut",
    "signals_duplicate",
    "signals_moved",
    "signals_outside_data",
    "signals_without_effect",
    "warmup_exceeds_data",
)
OF_RUNS = (
    "benchmark_gaps",
    "equity_not_positive",
    "few_trades",
    "low_exposure",
    "margin_call",
    "negative_risk_free_rate",
    "no_trades",
    "open_position_at_end",
    "orders_adjusted",
    "orders_rejected",
    "periods_per_year_differs",
    "short_sample",
)
WARNING_CODES = (*OF_DATA, *OF_DECISIONS, *OF_RUNS, TRIALS_UNCOUNTED)
