"""The model of a page: everything on it, and nothing of how it looks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with its one-sentence explanation."""

    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text under column heads; `heat` colours cells by class, row by row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    heat: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A path of a chart in its own coordinates; `style` is a class of the sheet."""

    path: str
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A word on a chart."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Numbers of a chart that can be zoomed; `colour` is a name of the style sheet."""

    name: str
    colour: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoom:
    """Lines over common times, in seconds since 1970."""

    times: tuple[float, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing with a title, a description and the numbers it is drawn from."""

    name: str
    title: str
    description: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    marks: tuple[Mark, ...]
    table: Table
    legend: tuple[tuple[str, str], ...] = ()
    zoom: Zoom | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition as it was judged."""

    text: str
    value: str
    margin: str
    met: bool
    meaning: str
    support: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page."""

    name: str
    title: str
    text: str = ""
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """The report of one run.

    Parameters
    ----------
    title : str
    run_id : str
    verdict : str
        ``pass``, ``fail``, ``insufficient_evidence`` or ``none`` without a gate.
    headline : str
        The verdict in words.
    reasons : tuple of str
        Why, each with its cure where there is one.
    alarms : tuple of str
        What makes the page doubtful as a whole: data that changed, a refused policy.
    facts : tuple of Figure
        Who asked, when, by which policy.
    conditions : tuple of Condition
    warnings : tuple of Figure
        The code of each, and what it says.
    sections : tuple of Section
    record : tuple of Figure
        Hashes, and its place in the ledger.
    """

    title: str
    run_id: str
    verdict: str
    headline: str
    reasons: tuple[str, ...]
    alarms: tuple[str, ...]
    facts: tuple[Figure, ...]
    conditions: tuple[Condition, ...]
    warnings: tuple[Figure, ...]
    sections: tuple[Section, ...]
    record: tuple[Figure, ...]

    def chart(self, name: str) -> Chart | None:
        """Return the chart of a name, None if the page has none."""
        for section in self.sections:
            for chart in section.charts:
                if chart.name == name:
                    return chart
        return None
