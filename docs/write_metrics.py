"""Write docs/metrics.md from the catalogue; ``python -m docs.write_metrics``."""

from __future__ import annotations

from pathlib import Path

from backtesting.metrics import CATALOGUE, EXPLANATIONS, MetricDefinition

PAGE = Path(__file__).with_name("metrics.md")
INTRODUCTION = """\
# Metrics

Written by `python -m docs.write_metrics` from the catalogue in
`backtesting.metrics`, which the service also answers with at
`GET /metrics-catalogue`.

* Names that end in `_pct`, and `cagr`, are percent: 12.5 means 12.5 %.
* Drawdowns, values at risk and average losses are positive; ratios are annualized.
* Equity is taken at bar closes. The initial cash is the first peak and the base of
  the first return.
* A metric that is not defined is **absent** from `metrics`, and `undefined_metrics`
  gives the reason, one of the codes below.
* The range is what a run can have, bounds included; a gate refuses a condition that
  no value of it can meet, or none can miss.
"""


def page() -> str:
    """Return the whole page."""
    columns = ("metric", "unit", "better", "range", "definition", "undefined when")
    lines = [INTRODUCTION, f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    lines.extend(map(row, CATALOGUE))
    lines += ["", "## Why a metric is undefined", "", "| code | meaning |", "|---|---|"]
    lines.extend(f"| `{code}` | {text} |" for code, text in EXPLANATIONS.items())
    lines += ["", "## Sources", "", "| metric | source |", "|---|---|"]
    lines.extend(f"| `{one.name}` | {cell(one.source)} |" for one in CATALOGUE)
    return "\n".join(lines) + "\n"


def row(one: MetricDefinition) -> str:
    """Return one metric's line of the table."""
    when = ", ".join(f"`{reason}`" for reason in one.reasons) or "never"
    parts = (f"`{one.name}`", one.unit, one.direction, reach(one))
    return f"| {' | '.join(parts)} | {cell(one.definition)} | {when} |"


def reach(one: MetricDefinition) -> str:
    """Return the range of a metric in words."""
    if one.lowest is None and one.highest is None:
        return "any"
    if one.highest is None:
        return f"from {one.lowest:g}"
    if one.lowest is None:
        return f"to {one.highest:g}"
    return f"{one.lowest:g} to {one.highest:g}"


def cell(text: str) -> str:
    """Return text that cannot end its cell."""
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
