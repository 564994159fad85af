"""From arrays to the paths of a chart: scales, ticks, and as few points as are seen.

A line of a million bars is drawn through the lowest and the highest of what falls on
each column of pixels, in their order, so that no peak is lost and the path has a
bounded length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.reports.page import Mark, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WIDTH, HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 14, 26
COLUMNS = 320
"""Columns a line is drawn in: two points each."""
_LINE_HEIGHT = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The range of the data on a chart, and where it is drawn."""

    left: float
    right: float
    low: float
    high: float

    @classmethod
    def around(cls, xs: Floats, *columns: Floats, zero: bool = False) -> Frame:
        """Return the frame that holds all points; `zero` too, if asked for."""
        found = [c[np.isfinite(c)] for c in columns]
        low = min((float(c.min()) for c in found if c.size), default=0.0)
        high = max((float(c.max()) for c in found if c.size), default=0.0)
        if zero:
            low, high = min(low, 0.0), max(high, 0.0)
        if high <= low:
            low, high = low - 1.0, high + 1.0
        left, right = (float(xs[0]), float(xs[-1])) if xs.size else (0.0, 1.0)
        if right <= left:
            left, right = left - 0.5, right + 0.5
        room = 0.04 * (high - low)
        return cls(
            left=left,
            right=right,
            low=low - room if low != 0.0 else low,
            high=high + room if high != 0.0 else high,
        )

    def x(self, value: Floats) -> Floats:
        """Return where values lie across."""
        scale = (WIDTH - _LEFT - _RIGHT) / (self.right - self.left)
        return _LEFT + (value - self.left) * scale

    def y(self, value: Floats) -> Floats:
        """Return where values lie up and down."""
        scale = (HEIGHT - _TOP - _BOTTOM) / (self.high - self.low)
        return HEIGHT - _BOTTOM - (value - self.low) * scale

    def line(self, xs: Floats, ys: Floats, style: str) -> Shape:
        """Return a line; where values are missing it is broken."""
        xs, ys = thinned(xs, ys)
        return Shape(path=_path(self.x(xs), self.y(ys)), style=style)

    def area(self, xs: Floats, ys: Floats, style: str) -> Shape:
        """Return what lies between a line and zero."""
        xs, ys = thinned(xs, ys)
        if not xs.size:
            return Shape(path="", style=style)
        base = float(self.y(np.array([min(max(0.0, self.low), self.high)]))[0])
        path = _path(self.x(xs), self.y(np.nan_to_num(ys)))
        first, last = self.x(xs[[0, -1]]).tolist()
        return Shape(
            path=f"{path}L{last:.1f} {base:.1f}L{first:.1f} {base:.1f}Z", style=style
        )

    def bars(self, xs: Floats, ys: Floats, width: float, style: str) -> Shape:
        """Return an upright bar of `width`, in units of x, from zero to each value."""
        base = float(self.y(np.array([min(max(0.0, self.low), self.high)]))[0])
        left, right = self.x(xs - width / 2).tolist(), self.x(xs + width / 2).tolist()
        tops = self.y(ys).tolist()
        path = "".join(
            f"M{a:.1f} {base:.1f}V{top:.1f}H{b:.1f}V{base:.1f}Z"
            for a, b, top in zip(left, right, tops, strict=True)
        )
        return Shape(path=path, style=style)

    def points(self, xs: Floats, ys: Floats, style: str, *, up: bool) -> Shape:
        """Return a small triangle at each point."""
        size = 4 if up else -4
        path = "".join(
            f"M{x:.1f} {y:.1f}l-3 {size}h6z"
            for x, y in zip(self.x(xs).tolist(), self.y(ys).tolist(), strict=True)
        )
        return Shape(path=path, style=style)

    def across(self, value: float, style: str) -> Shape:
        """Return a level line from side to side."""
        y = float(self.y(np.array([value]))[0])
        return Shape(path=f"M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}", style=style)

    def axis(self, label: Callable[[float], str]) -> tuple[list[Shape], list[Mark]]:
        """Return the level lines of round values, each with its label."""
        shapes, marks = [], []
        for tick in ticks(self.low, self.high):
            shapes.append(self.across(tick, "grid"))
            y = float(self.y(np.array([tick]))[0])
            marks.append(
                Mark(
                    x=_LEFT - 6,
                    y=round(y + _LINE_HEIGHT, 1),
                    text=label(tick),
                    anchor="end",
                )
            )
        return shapes, marks

    def under(self, places: Floats, texts: list[str]) -> list[Mark]:
        """Return words under the chart."""
        ends = {0: "start", len(texts) - 1: "end"} if len(texts) > 1 else {}
        return [
            Mark(
                x=round(x, 1),
                y=HEIGHT - 8,
                text=text,
                anchor=ends.get(at, "middle"),
            )
            for at, (x, text) in enumerate(
                zip(self.x(places).tolist(), texts, strict=True)
            )
        ]


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round values from `low` to `high`, at most `most` and one."""
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        if (high - low) / (step * factor) <= most:
            step *= factor
            break
    first = math.ceil(low / step)
    return [at * step + 0.0 for at in range(first, math.floor(high / step) + 1)]


def thinned(xs: Floats, ys: Floats, columns: int = COLUMNS) -> tuple[Floats, Floats]:
    """Return at most two points a column: the lowest and the highest, in order."""
    if xs.size <= 2 * columns:
        return xs, ys
    edges = np.linspace(0, xs.size, columns + 1).astype(np.intp)
    filled = np.where(np.isfinite(ys), ys, np.inf)
    lows = _first_of(filled, np.minimum.reduceat(filled, edges[:-1]), edges)
    filled = np.where(np.isfinite(ys), ys, -np.inf)
    highs = _first_of(filled, np.maximum.reduceat(filled, edges[:-1]), edges)
    kept = np.unique(np.concatenate(([0], lows, highs, [xs.size - 1])))
    return xs[kept], ys[kept]


def _first_of(
    values: Floats, extremes: Floats, edges: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return where each column has its extreme value first."""
    wanted = np.repeat(extremes, np.diff(edges))
    at = np.flatnonzero(values == wanted)
    column = np.searchsorted(edges, at, side="right")
    found: NDArray[np.intp] = at[np.unique(column, return_index=True)[1]]
    return found


def _path(xs: Floats, ys: Floats) -> str:
    """Return a path through points, begun anew after each that is missing."""
    if np.isfinite(ys).all():
        return _joined(xs, ys)
    parts = []
    known = np.isfinite(ys)
    edges = np.flatnonzero(np.diff(known)) + 1
    for first, stop in zip([0, *edges], [*edges, ys.size], strict=True):
        if known[first]:
            parts.append(_joined(xs[first:stop], ys[first:stop]))
    return "".join(parts)


def _joined(xs: Floats, ys: Floats) -> str:
    if not xs.size:
        return ""
    numbers = np.empty(2 * xs.size)
    numbers[::2], numbers[1::2] = xs, ys
    return "M" + "L".join(["%.1f %.1f"] * xs.size) % tuple(numbers.tolist())
