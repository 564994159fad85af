"""Commands that look: runs, data, policies, strategies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from orchestrator.cli.failures import told

_url = click.option("--url", help="Ask a running service instead of this process.")
_json = click.option("--json", "as_json", is_flag=True, help="Print the answer's JSON.")


@click.group()
def runs() -> None:
    """Look at recorded runs and decisions."""


@runs.command("list")
@click.option("--symbol", help="Runs of this symbol.")
@click.option("--verdict", help="Runs with this verdict.")
@click.option("--caller", help="Runs of this caller.")
@click.option("--limit", default=20, show_default=True, help="How many, newest first.")
@_url
@_json
def runs_list(limit: int, url: str | None, as_json: bool, **filters: Any) -> None:
    """List runs, newest first."""
    from orchestrator.cli.printing import print_json, table  # noqa: PLC0415
    from orchestrator.clients.client import open_client  # noqa: PLC0415 - quick --help

    with told():
        wanted = {name: value for name, value in filters.items() if value}
        page = open_client(url).runs(wanted, limit)
        if as_json:
            print_json(page)
            return
        columns = ("time", "symbol", "strategy", "verdict", "caller", "run_id")
        rows = [[run[name] for name in columns] for run in page["runs"]]
        table("", columns, rows)


@runs.command("show")
@click.argument("run_id")
@_url
@_json
def runs_show(run_id: str, url: str | None, as_json: bool) -> None:
    """Print the newest answer of a run."""
    from orchestrator.cli.printing import (  # noqa: PLC0415
        print_json,
        print_run,
        print_verdict,
    )
    from orchestrator.clients.client import open_client  # noqa: PLC0415 - quick --help

    with told():
        answer = open_client(url).run(run_id)
        if as_json:
            print_json(answer)
            return
        if "refused" in answer:
            click.echo(answer["refused"])
        print_run(answer)
        if "gate" in answer:
            print_verdict(answer["gate"])


@runs.command("verify")
@click.argument("run_id")
@_url
@_json
def runs_verify(run_id: str, url: str | None, as_json: bool) -> None:
    """Run a recorded request again and compare; exits with 1 where it differs."""
    from orchestrator.cli.printing import print_json, table  # noqa: PLC0415
    from orchestrator.cli.progress import progress  # noqa: PLC0415 - quick --help
    from orchestrator.clients.client import open_client  # noqa: PLC0415 - quick --help

    with told():
        with progress("running it again"):
            found = open_client(url).verified(run_id)
        if as_json:
            print_json(found)
        else:
            click.echo(found["outcome"])
            columns = ("metric", "stored", "now")
            table("", columns, [[d[c] for c in columns] for d in found["differences"]])
    if found["outcome"] != "same":
        raise click.exceptions.Exit(1)


@click.group()
def data() -> None:
    """Look at data: what there is, and what is understood of a file."""


@data.command("list")
@_url
@_json
def data_list(url: str | None, as_json: bool) -> None:
    """List what can be asked for, with its problems."""
    from orchestrator.cli.printing import print_json, table  # noqa: PLC0415
    from orchestrator.clients.client import open_client  # noqa: PLC0415 - quick --help

    with told():
        found = open_client(url).data()
        if as_json:
            print_json(found)
            return
        columns = ("symbol", "source", "bars", "first", "last", "problem")
        table("", columns, [[e[name] for name in columns] for e in found["entries"]])


@data.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--symbol", help="The symbol, of a file that holds several.")
@click.option("--column", "columns", multiple=True, metavar="NAME=HEADER")
@click.option("--timezone", help="The zone of clocks without an offset.")
@click.option("--date-format", help="How dates are written, such as %d/%m/%Y.")
@_json
def data_check(file: Path, as_json: bool, **reading: Any) -> None:
    """Say what is understood of a file, and what is found in it.

    Exits with 3 and the place and the cure where it is not understood.
    """
    from orchestrator.cli.files import detail_of  # noqa: PLC0415 - quick --help
    from orchestrator.cli.printing import print_json, table  # noqa: PLC0415
    from orchestrator.cli.progress import progress  # noqa: PLC0415

    with told():
        with progress(f"reading {file.name}"):
            found = detail_of(file, **reading)
        if as_json:
            print_json(found)
            return
        head = [(name, found[name]) for name in ("bars", "first", "last")]
        head.append(("bars a year", found["periods_per_year"]))
        quality = found.get("quality") or {}
        head.append(("calendar", quality.get("calendar") or "none fits"))
        for name, value in found.get("reading", {}).items():
            shown = value
            if isinstance(value, dict):
                shown = ", ".join(f"{k} is {v!r}" for k, v in value.items())
            head.append((name.replace("_", " "), shown))
        table("", ("", file.name), head)
        findings = [
            (kind, one["count"], ", ".join(one["at"]))
            for kind, one in quality.get("findings", {}).items()
            if one["count"]
        ]
        table("findings" if findings else "no findings", ("", "", ""), findings)
        for warning in found["warnings"]:
            click.echo(f"{warning['code']}: {warning['detail']}")


@data.command("convert")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--symbol", help="The symbol, of a file that holds several.")
@click.option("--column", "columns", multiple=True, metavar="NAME=HEADER")
@click.option("--timezone", help="The zone of clocks without an offset.")
@click.option("--date-format", help="How dates are written, such as %d/%m/%Y.")
def data_convert(file: Path, output: Path, **reading: Any) -> None:
    """Write a file's bars as a plain CSV file: timestamp,open,high,low,close,volume."""
    from orchestrator.cli.files import plain_csv_of  # noqa: PLC0415 - quick --help
    from orchestrator.cli.progress import progress  # noqa: PLC0415

    with told():
        with progress(f"reading {file.name}"):
            text, bars = plain_csv_of(file, **reading)
        output.write_bytes(text)
        click.echo(f"{output}: {bars} bars")


@click.command()
@_url
@_json
def policies(url: str | None, as_json: bool) -> None:
    """List the policies, and what each holds."""
    from orchestrator.cli.printing import print_json, table  # noqa: PLC0415
    from orchestrator.clients.client import open_client  # noqa: PLC0415 - quick --help

    with told():
        found = open_client(url).policies()
        if as_json:
            print_json(found)
            return
        rows = [
            (
                one["name"] + (" (default)" if one["name"] == found["default"] else ""),
                one["version"],
                "yes" if one["allowed"] else "no",
                f"{one['description']} {one['measured']}",
            )
            for one in found["policies"]
        ]
        table("", ("policy", "version", "allowed", "what it holds"), rows)


@click.command()
@_url
@_json
def strategies(url: str | None, as_json: bool) -> None:
    """List the strategies and their parameters."""
    from orchestrator.cli.printing import print_json, table  # noqa: PLC0415
    from orchestrator.clients.client import open_client  # noqa: PLC0415 - quick --help

    with told():
        found = open_client(url).strategies()
        if as_json:
            print_json(found)
            return
        rows = [
            (
                one["name"],
                ", ".join(one["parameters"].get("properties", {})),
                one["description"],
            )
            for one in found["strategies"]
        ]
        table("", ("strategy", "parameters", ""), rows)
