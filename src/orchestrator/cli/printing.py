"""Answers for people: tables and colours where a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

COLOURS = {"pass": "bold green", "fail": "bold red", "insufficient_evidence": "yellow"}
_SHOWN = 12
"""Rows of a list before it is cut."""


def console() -> Console:
    """Return the terminal; what is piped has neither colours nor wrapping."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=10_000)


def print_json(document: Mapping[str, Any]) -> None:
    """Print an answer for programs."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    console().out(orjson.dumps(document, option=options).decode(), end="")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under a title."""
    shown = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in columns:
        shown.add_column(name, justify="left", overflow="fold")
    for row in rows:
        shown.add_row(*(escape(_text(cell)) for cell in row))
    console().print(shown)


def print_verdict(verdict: Mapping[str, Any]) -> None:
    """Print a verdict with its reasons and conditions."""
    out, word = console(), str(verdict["verdict"])
    policy = verdict["policy"]
    by = f"by {policy['name']} {policy['version']}"
    out.print(f"[{COLOURS[word]}]{word.upper()}[/] [dim]{escape(by)}[/]")
    for reason in verdict["reasons"]:
        out.print(f"  - {escape(reason)}")
    table(
        "",
        ("condition", "value", "met"),
        (
            (
                f"{each['metric']} {each['op']} {each['threshold']:g}",
                each.get("value", each.get("undefined", "")),
                "yes" if each["met"] else "no",
            )
            for each in verdict["conditions"]
        ),
    )
    codes = verdict.get("warning_codes")
    if codes:
        out.print(f"[dim]warned: {escape(', '.join(codes))}[/]")


def print_run(answer: Mapping[str, Any]) -> None:
    """Print a run: its metrics beside the benchmark's, and what to beware of."""
    out, data = console(), answer["data"]
    head = f"{answer['strategy_type']} on {answer['symbol']}, {data['bars']} bars"
    span = f"{data['first'][:10]} to {data['last'][:10]}"
    out.print(f"[bold]{escape(head)}[/], {span}")
    benchmark = answer.get("benchmark", {})
    table(
        "",
        ("metric", "run", "bought and held"),
        (
            (name, value, benchmark.get(name, ""))
            for name, value in answer["metrics"].items()
        ),
    )
    for warning in answer["warnings"]:
        out.print(f"[yellow]{warning['code']}[/]: {escape(warning['detail'])}")
    out.print(f"[dim]run {answer['run_id']}[/]")


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.4f}".rstrip("0").rstrip(".")
    return "" if cell is None else str(cell)
