"""The charts of a run, each with the table it can be read from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.reports.drawing import HEIGHT, WIDTH, Frame, thinned
from orchestrator.reports.measures import (
    FAN,
    drawdown_fan,
    histogram,
    period_returns,
    returns_of,
    rolling,
    underwater,
    worst_drawdowns,
)
from orchestrator.reports.numbers import dates, level, number, percent
from orchestrator.reports.page import Chart, Line, Mark, Shape, Table, Zoom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from backtesting.kernel import Simulation

    Floats = NDArray[np.float64]

_ROWS = 13
"""Rows of a table beside a line."""
_ZOOM_COLUMNS = 1_200
"""Columns of what can be zoomed: two points each."""
_MOST_MARKS = 1_000
"""Trades that are marked on the price."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """A run over its bars, as the charts read it.

    `held` is what holding the benchmark would have come to on each bar.
    """

    simulation: Simulation
    held: Floats
    initial: float
    periods_per_year: float

    @property
    def times(self) -> NDArray[np.datetime64]:
        """Return when each bar was."""
        return self.simulation.bars.timestamps

    @property
    def equity(self) -> Floats:
        """Return the equity on each bar."""
        return self.simulation.equity

    @cached_property
    def xs(self) -> Floats:
        """Return where each bar lies across a chart: by its time."""
        return self.times.astype("datetime64[s]").astype(np.float64)

    @cached_property
    def returns(self) -> Floats:
        """Return the return of each bar."""
        return returns_of(self.equity, self.initial)

    @cached_property
    def depths(self) -> Floats:
        """Return how far equity was under its highest, as a fraction."""
        return underwater(self.equity, self.initial)

    def some(self) -> NDArray[np.intp]:
        """Return a few bars, the first and the last among them."""
        return np.unique(
            np.linspace(0, self.equity.size - 1, _ROWS).round().astype(np.intp)
        )

    def under(self, frame: Frame) -> list[Mark]:
        """Return the dates under a chart."""
        at = np.linspace(frame.left, frame.right, 6)
        days = at.astype("int64").astype("datetime64[s]").astype("datetime64[D]")
        return frame.under(at, days.astype(str).tolist())


def _zoom(course: Course, *lines: tuple[str, str, Floats]) -> Zoom:
    """Return lines as they can be zoomed: more points than are drawn, and bounded.

    Of each column the bars with the lowest and the highest of the first line are kept.
    """
    xs, _ = thinned(course.xs, lines[0][2], _ZOOM_COLUMNS)
    rows = np.searchsorted(course.xs, xs)
    return Zoom(
        times=tuple(xs.tolist()),
        lines=tuple(
            Line(name=name, colour=colour, values=_rounded(values[rows]))
            for name, colour, values in lines
        ),
    )


def _rounded(values: Floats) -> tuple[float | None, ...]:
    """Return values in seven digits, None where there is none."""
    return tuple(
        float(f"{value:.7g}") if np.isfinite(value) else None
        for value in values.tolist()
    )


def charts_of(course: Course) -> Iterator[Chart]:
    """Yield the charts of every run."""
    yield equity_chart(course)
    yield underwater_chart(course)
    yield trades_chart(course)
    yield position_chart(course)
    yield years_chart(course)
    yield from rolling_charts(course)
    yield distribution_chart(course)


def equity_chart(course: Course) -> Chart:
    """Return equity against holding the benchmark."""
    frame = Frame.around(course.xs, course.equity, course.held)
    shapes, marks = frame.axis(level)
    shapes += [
        frame.line(course.xs, course.held, "held"),
        frame.line(course.xs, course.equity, "run"),
    ]
    rows = course.some()
    return _chart(
        "equity",
        "Equity against holding the benchmark",
        f"Equity goes from {number(course.initial)} to "
        f"{number(float(course.equity[-1]))}; the same cash held in the benchmark ends "
        f"at {number(float(course.held[-1]))}.",
        shapes,
        [*marks, *course.under(frame)],
        Table(
            title="Equity and benchmark",
            columns=("bar", "equity", "benchmark held"),
            rows=_rows(
                dates(course.times[rows]),
                map(number, course.equity[rows].tolist()),
                map(number, course.held[rows].tolist()),
            ),
        ),
        legend=(("run", "this run"), ("held", "benchmark held")),
        zoom=_zoom(
            course,
            ("this run", "run", course.equity),
            ("benchmark held", "held", course.held),
        ),
    )


def underwater_chart(course: Course) -> Chart:
    """Return how far equity was under its highest, and the five deepest falls."""
    depths, falls = course.depths, worst_drawdowns(course.depths)
    frame = Frame.around(course.xs, depths, zero=True)
    shapes, marks = frame.axis(lambda at: percent(at, 0))
    shapes.append(frame.area(course.xs, depths, "loss"))
    rows = tuple(
        (
            str(place),
            percent(-fall.depth),
            *dates(course.times[[fall.peak, fall.lowest]]),
            "not yet"
            if fall.recovered is None
            else dates(course.times[[fall.recovered]])[0],
        )
        for place, fall in enumerate(falls, start=1)
    )
    for place, fall in enumerate(falls, start=1):
        at = np.array([course.xs[fall.lowest]]), np.array([-fall.depth])
        marks.append(
            Mark(
                x=round(float(frame.x(at[0])[0]), 1),
                y=round(float(frame.y(at[1])[0]) - 3.0, 1),
                text=str(place),
                anchor="middle",
            )
        )
    deepest = percent(falls[0].depth) if falls else percent(0.0)
    return _chart(
        "underwater",
        "How far under its highest",
        f"The deepest fall from a highest equity is {deepest}; the five deepest are "
        "numbered.",
        shapes,
        [*marks, *course.under(frame)],
        Table(
            title="The five deepest falls",
            columns=("", "depth", "from", "lowest", "recovered"),
            rows=rows,
        ),
        zoom=_zoom(course, ("percent under", "down", 100.0 * depths)),
    )


def trades_chart(course: Course) -> Chart:
    """Return the fills on the price."""
    bars, fills = course.simulation.bars, course.simulation.fills
    frame = Frame.around(course.xs, bars.close)
    shapes, marks = frame.axis(level)
    shapes.append(frame.line(course.xs, bars.close, "price"))
    shown = np.unique(
        np.linspace(0, max(len(fills) - 1, 0), _MOST_MARKS).astype(np.intp)
    )[: len(fills)]
    at, prices, sides = fills.bar[shown], fills.price[shown], fills.side[shown]
    for style, chosen in (("buy", sides > 0.0), ("sell", sides < 0.0)):
        shapes.append(
            frame.points(
                course.xs[at[chosen]], prices[chosen], style, up=style == "buy"
            )
        )
    omitted = len(fills) - shown.size
    rest = f" {omitted} further fills are not marked." if omitted else ""
    few = slice(None, 50)
    return _chart(
        "trades",
        "Trades on the price",
        f"{len(fills)} fills on the closes of {len(bars)} bars.{rest}",
        shapes,
        [*marks, *course.under(frame)],
        Table(
            title="Fills",
            columns=("bar", "side", "quantity", "price", "reason"),
            rows=_rows(
                dates(course.times[fills.bar[few]]),
                ("buy" if side > 0.0 else "sell" for side in fills.side[few]),
                map(number, fills.quantity[few].tolist()),
                map(number, fills.price[few].tolist()),
                (reason.value for reason in fills.reason[few]),
            ),
            note=_first(len(fills), 50, "fills"),
        ),
        legend=(("price", "close"), ("buy", "bought"), ("sell", "sold")),
        zoom=_zoom(course, ("close", "run", bars.close)),
    )


def position_chart(course: Course) -> Chart:
    """Return the position over time, in percent of equity."""
    simulation = course.simulation
    with np.errstate(divide="ignore", invalid="ignore"):
        share = simulation.position * simulation.bars.close / course.equity
    share = np.where(course.equity > 0.0, share, np.nan)
    frame = Frame.around(course.xs, share, zero=True)
    shapes, marks = frame.axis(lambda at: percent(at, 0))
    shapes.append(frame.area(course.xs, share, "held-area"))
    rows = course.some()
    held = float(np.count_nonzero(simulation.position)) / simulation.position.size
    return _chart(
        "position",
        "Position over time",
        f"The value of the position in percent of equity; something is held on "
        f"{percent(held, 1)} of the bars.",
        shapes,
        [*marks, *course.under(frame)],
        Table(
            title="Position",
            columns=("bar", "units", "percent of equity"),
            rows=_rows(
                dates(course.times[rows]),
                map(number, simulation.position[rows].tolist()),
                map(percent, share[rows].tolist()),
            ),
        ),
    )


def years_chart(course: Course) -> Chart:
    """Return the return of each calendar year, beside the benchmark's."""
    years, returns = period_returns(course.times, course.equity, course.initial, "Y")
    _, held = period_returns(course.times, course.held, course.initial, "Y")
    places = np.arange(years.size, dtype=np.float64)
    room = np.array([-0.6, years.size - 0.4])
    frame = Frame.around(room, returns, held, zero=True)
    shapes, marks = frame.axis(lambda at: percent(at, 0))
    clean, other = np.nan_to_num(returns), np.nan_to_num(held)
    shapes += [
        frame.bars(places - 0.2, clean, 0.36, "run-bar"),
        frame.bars(places + 0.2, other, 0.36, "held-bar"),
    ]
    names = years.astype(str).tolist()
    step = max(1, -(-len(names) // 12))
    return _chart(
        "years",
        "Yearly returns",
        f"{int(np.count_nonzero(clean > 0.0))} of {years.size} calendar years ended "
        "with a gain.",
        shapes,
        [*marks, *frame.under(places[::step], names[::step])],
        Table(
            title="Yearly returns",
            columns=("year", "this run", "benchmark held"),
            rows=_rows(names, map(percent, returns.tolist()), map(percent, held)),
        ),
        legend=(("run-bar", "this run"), ("held-bar", "benchmark held")),
    )


def rolling_charts(course: Course) -> Iterator[Chart]:
    """Yield the Sharpe ratio and the volatility of the last year, bar by bar."""
    size = course.equity.size
    window = min(max(round(course.periods_per_year), 20), max(size // 2, 2))
    ratio, volatility = rolling(course.returns, window, course.periods_per_year)
    for name, title, values, show in (
        ("rolling-sharpe", "Rolling Sharpe ratio", ratio, number),
        ("rolling-volatility", "Rolling volatility", volatility, percent),
    ):
        frame = Frame.around(course.xs, values, zero=True)
        shapes, marks = frame.axis(show)
        shapes.append(frame.line(course.xs, values, "run"))
        rows = course.some()
        yield _chart(
            name,
            title,
            f"Annualized, over the last {window} bars at each bar; nothing is drawn "
            "before there are as many.",
            shapes,
            [*marks, *course.under(frame)],
            Table(
                title=title,
                columns=("bar", "value"),
                rows=_rows(dates(course.times[rows]), map(show, values[rows].tolist())),
            ),
        )


def distribution_chart(course: Course) -> Chart:
    """Return how often returns of each size came."""
    middles, counts = histogram(course.returns)
    frame = Frame.around(middles, counts, zero=True)
    shapes, marks = frame.axis(level)
    width = float(middles[1] - middles[0]) if middles.size > 1 else 1.0
    for style, chosen in (("loss", middles < 0.0), ("gain", middles >= 0.0)):
        shapes.append(frame.bars(middles[chosen], counts[chosen], 0.9 * width, style))
    at = np.linspace(frame.left, frame.right, 5)
    known = course.returns[np.isfinite(course.returns)]
    ranks = (0.1, 1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0, 99.9)
    cuts = np.percentile(known, ranks).tolist() if known.size else [np.nan] * len(ranks)
    return _chart(
        "distribution",
        "Distribution of returns",
        f"How many of {known.size} bars returned how much; the outermost bars hold "
        "what lies beyond.",
        shapes,
        [*marks, *frame.under(at, [percent(each, 1) for each in at.tolist()])],
        Table(
            title="Percentiles of the returns",
            columns=("percentile", "return of a bar"),
            rows=_rows(map(number, ranks), map(percent, cuts)),
        ),
    )


def fan_chart(course: Course, *, seed: int, block: int, years: float) -> Chart:
    """Return the drawdowns that the run's own returns could have had instead."""
    horizon = max(2, round(years * course.periods_per_year))
    returns = np.nan_to_num(course.returns)
    bars, cuts = drawdown_fan(returns, seed=seed, block=block, horizon=horizon)
    frame = Frame.around(bars, *cuts, zero=True)
    shapes, marks = frame.axis(lambda at: percent(at, 0))
    shapes += [
        frame.line(bars, cut, f"fan-{rank:.0f}")
        for rank, cut in zip(FAN, cuts, strict=True)
    ]
    ends = np.linspace(frame.left, frame.right, 5)
    return _chart(
        "drawdown-fan",
        "Drawdowns that could have been",
        f"The deepest fall up to each bar of {number(float(bars[-1]))} in 400 paths "
        f"made of blocks of {block} of the run's own returns: half of them fell at "
        f"least {percent(float(cuts[0][-1]), 1)}, a twentieth "
        f"{percent(float(cuts[-1][-1]), 1)}.",
        shapes,
        [*marks, *frame.under(ends, [number(float(round(e))) for e in ends])],
        Table(
            title="Percentiles of the deepest fall",
            columns=("bars", *(f"{rank:.0f}th" for rank in FAN)),
            rows=tuple(
                (number(float(bars[at])), *(percent(float(c[at])) for c in cuts))
                for at in range(0, bars.size, max(1, bars.size // 8))
            ),
        ),
        legend=tuple((f"fan-{rank:.0f}", f"{rank:.0f}th percentile") for rank in FAN),
    )


def costs_chart(names: Sequence[str], curves: Sequence[Floats], xs: Floats) -> Chart:
    """Return equity under multiples of the costs."""
    frame = Frame.around(xs, *curves)
    shapes, marks = frame.axis(level)
    shapes += [
        frame.line(xs, curve, f"cost-{place}") for place, curve in enumerate(curves)
    ]
    days = np.linspace(frame.left, frame.right, 6)
    texts = days.astype("int64").astype("datetime64[s]").astype("datetime64[D]")
    return _chart(
        "costs",
        "Equity under other costs",
        "The same run with its costs multiplied: what is left when trading costs more.",
        shapes,
        [*marks, *frame.under(days, texts.astype(str).tolist())],
        Table(
            title="Where each ends",
            columns=("costs", "final equity"),
            rows=_rows(names, (number(float(curve[-1])) for curve in curves)),
        ),
        legend=tuple((f"cost-{at}", name) for at, name in enumerate(names)),
    )


def interval_chart(
    estimate: float, low: float, high: float, thresholds: Sequence[float]
) -> Chart:
    """Return the confidence interval of the Sharpe ratio against the thresholds."""
    points = np.array([low, estimate, high, 0.0, *thresholds])
    room = 0.08 * max(float(np.ptp(points)), 0.1)
    ends = np.array([points.min() - room, points.max() + room])
    frame = Frame.around(ends, np.array([0.0, 1.0]))
    shapes: list[Shape] = []
    across = frame.x(np.array([low, high, estimate])).tolist()
    middle = HEIGHT / 2 - 20
    shapes += [
        Shape(path=f"M{across[0]:.1f} {middle}H{across[1]:.1f}", style="interval"),
        Shape(path=f"M{across[2]:.1f} {middle - 12}v24", style="estimate"),
    ]
    marks = [
        Mark(
            x=round(across[2], 1), y=middle - 18, text=number(estimate), anchor="middle"
        )
    ]
    for value in dict.fromkeys((0.0, *thresholds)):
        x = float(frame.x(np.array([value]))[0])
        shapes.append(Shape(path=f"M{x:.1f} {middle - 50}v100", style="threshold"))
        marks.append(
            Mark(x=round(x, 1), y=middle + 66, text=number(value), anchor="middle")
        )
    where = ", ".join(map(number, thresholds)) or "none"
    return _chart(
        "sharpe-interval",
        "The Sharpe ratio, and how sure it is",
        f"The annual Sharpe ratio is {number(estimate)}; its 95 % confidence interval "
        f"goes from {number(low)} to {number(high)}; thresholds asked for: {where}.",
        shapes,
        marks,
        Table(
            title="Sharpe ratio",
            columns=("low", "estimate", "high", "thresholds"),
            rows=((number(low), number(estimate), number(high), where),),
        ),
    )


def monthly_table(course: Course) -> Table:
    """Return the return of every month, a year a row, coloured by size."""
    months, returns = period_returns(course.times, course.equity, course.initial, "M")
    years, totals = period_returns(course.times, course.equity, course.initial, "Y")
    cells: dict[tuple[int, int], float] = {
        (month // 12, month % 12): value
        for month, value in zip(
            months.astype(int).tolist(), returns.tolist(), strict=True
        )
    }
    known = np.abs(returns[np.isfinite(returns)])
    scale = float(np.percentile(known, 95)) if known.size else 0.0
    rows, heat = [], []
    for year, total in zip(years.astype(int).tolist(), totals.tolist(), strict=True):
        values = [cells.get((year, month)) for month in range(12)]
        rows.append(
            (
                str(1970 + year),
                *("" if value is None else percent(value, 1) for value in values),
                percent(total, 1),
            )
        )
        heat.append(("", *(_heat(value, scale) for value in values), ""))
    names = np.arange("1970-01", "1971-01", dtype="datetime64[M]").astype(object)
    return Table(
        title="Monthly returns",
        columns=("year", *(name.strftime("%b") for name in names), "year's"),
        rows=tuple(rows),
        heat=tuple(heat),
    )


def _heat(value: float | None, scale: float) -> str:
    if value is None or not np.isfinite(value) or scale == 0.0 or value == 0.0:
        return ""
    step = min(4, int(4.0 * abs(value) / scale) + 1)
    return f"{'up' if value > 0.0 else 'down'}-{step}"


def _chart(  # noqa: PLR0917 -- in the order of the page
    name: str,
    title: str,
    description: str,
    shapes: Sequence[Shape],
    marks: Sequence[Mark],
    table: Table,
    legend: tuple[tuple[str, str], ...] = (),
    zoom: Zoom | None = None,
) -> Chart:
    return Chart(
        name=name,
        title=title,
        description=description,
        width=WIDTH,
        height=HEIGHT,
        shapes=tuple(shapes),
        marks=tuple(marks),
        table=table,
        legend=legend,
        zoom=zoom,
    )


def _rows(*columns: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(zip(*columns, strict=True))


def _first(count: int, shown: int, what: str) -> str:
    return f"The first {shown} of {count} {what}." if count > shown else ""
