"""Commands that ask: ``orchestrator backtest`` and ``orchestrator gate``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from orchestrator.cli.failures import Asking, MistypedError, told

STATUS_OF = {"pass": 0, "fail": 1, "insufficient_evidence": 2}
_FLAT = (
    "symbol",
    "csv_path",
    "data_source",
    "start",
    "end",
    "period",
    "strategy_type",
    "fill",
)
Json = dict[str, Any]


def _request_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what describes a request: a file of JSON, and options over it."""
    options = [
        click.argument("file", required=False, type=click.Path(allow_dash=True)),
        *(
            click.option(f"--{name.replace('_', '-')}", help=f"The field `{name}`.")
            for name in _FLAT
            if name != "strategy_type"
        ),
        click.option("--strategy", "strategy_type", help="The strategy's name."),
        click.option(
            "-p",
            "--param",
            "params",
            multiple=True,
            metavar="NAME=VALUE",
            help="A parameter of the strategy; may be repeated.",
        ),
        click.option(
            "--set",
            "fields",
            multiple=True,
            metavar="FIELD=JSON",
            help="Any other field of the request; may be repeated.",
        ),
        click.option(
            "-c",
            "--condition",
            "conditions",
            multiple=True,
            metavar="CONDITION",
            help='Such as "sharpe_ratio > 0.5"; may be repeated.',
        ),
        click.option("--policy", help="The policy that judges."),
        click.option("--url", help="Ask a running service instead of this process."),
        click.option(
            "--json", "as_json", is_flag=True, help="Print the answer's JSON."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command(cls=Asking)
@_request_options
def backtest(**options: Any) -> None:
    """Run a strategy over a symbol's bars and print its metrics.

    FILE holds the request as JSON, - reads standard input; options go before it.
    With conditions the status is that of `gate`.
    """
    from orchestrator.cli.printing import (  # noqa: PLC0415
        print_json,
        print_run,
        print_verdict,
    )
    from orchestrator.cli.progress import progress  # noqa: PLC0415 - quick --help
    from orchestrator.clients.client import open_client  # noqa: PLC0415

    with told():
        body = _body(options)
        with progress("running the backtest"):
            answer = open_client(options["url"]).backtest(body)
        if options["as_json"]:
            print_json(answer)
        else:
            print_run(answer)
            if "gate" in answer:
                print_verdict(answer["gate"])
    if "gate" in answer:
        sys.exit(STATUS_OF[answer["gate"]["verdict"]])


@click.command(cls=Asking)
@_request_options
def gate(**options: Any) -> None:
    """Judge a strategy: may its signal be acted on?

    Exits with 0 for pass, 1 for fail, 2 for insufficient evidence; 3 and above are
    errors: refused, mistyped (4), a defect of ours (5).
    """
    from orchestrator.cli.printing import print_json, print_verdict  # noqa: PLC0415
    from orchestrator.cli.progress import progress  # noqa: PLC0415 - quick --help
    from orchestrator.clients.client import open_client  # noqa: PLC0415

    with told():
        with progress("judging"):
            verdict = open_client(options["url"]).verdict(_body(options))
        if options["as_json"]:
            print_json(verdict)
        else:
            print_verdict(verdict)
    sys.exit(STATUS_OF[verdict["verdict"]])


def _body(options: Json) -> Json:
    """Return the request of a file and the options over it."""
    body = _file(options["file"])
    body |= {name: options[name] for name in _FLAT if options[name] is not None}
    for name, value in map(_pair, options["fields"]):
        body[name] = value
    params = dict(map(_pair, options["params"]))
    if params:
        body["strategy_params"] = {**body.get("strategy_params", {}), **params}
    conditions = options["conditions"]
    if conditions or options["policy"]:
        body["gate"] = _gate(body.get("gate"), conditions, options["policy"])
    return body


def _file(name: str | None) -> Json:
    if name is None:
        return {}
    text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise MistypedError(f"{name} is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise MistypedError(f"{name} holds no JSON object")
    return document


def _gate(given: Any, conditions: Sequence[str], policy: str | None) -> Json:
    found: Json = dict(given) if isinstance(given, dict) else {}
    if isinstance(given, list):
        found["conditions"] = given
    if conditions:
        found["conditions"] = list(conditions)
    if policy:
        found["policy"] = policy
    return found


def _pair(text: str) -> tuple[str, Any]:
    """Return the name and the value of ``name=value``; what is no JSON is a text."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise MistypedError(f"{text!r} is not NAME=VALUE")
    try:
        return name, orjson.loads(value)
    except orjson.JSONDecodeError:
        return name, value
