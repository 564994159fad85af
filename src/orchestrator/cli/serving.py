"""Commands for people and models: ``orchestrator report`` and ``orchestrator mcp``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from orchestrator.cli.failures import fail, told


@click.command()
@click.argument("run_id")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; by default RUN_ID.html.",
)
@click.option("--url", help="Ask a running service instead of this process.")
def report(run_id: str, output: Path | None, url: str | None) -> None:
    """Write the report of a recorded run as a page that stands on its own."""
    from orchestrator.cli.progress import progress  # noqa: PLC0415 - quick --help
    from orchestrator.clients.client import open_client  # noqa: PLC0415 - quick --help

    with told():
        with progress("drawing the report"):
            page = open_client(url).report(run_id)
        target = output or Path(f"{run_id}.html")
        target.write_text(page, encoding="utf-8")
        click.echo(f"{target}: open it in a browser")


@click.command()
@click.option("--url", help="Ask a running service instead of this process.")
@click.option("--http", "over_http", is_flag=True, help="Serve over HTTP, at /mcp.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http.")
@click.option("--port", default=8001, show_default=True, help="With --http.")
@click.option("--agent", default="mcp", show_default=True, help="Whose trials count.")
def mcp(url: str | None, over_http: bool, agent: str, **where: Any) -> None:
    """Serve models over MCP: on standard input and output, or over HTTP."""
    try:
        # Another door, and an extra.
        door = import_module("orchestrator.mcp_server.server")
    except ModuleNotFoundError as error:
        fail(
            f"MCP needs what is not installed ({error.name}): "
            "pip install 'quant-orchestrator[mcp]'"
        )
    from orchestrator.clients.client import open_client  # noqa: PLC0415 - quick --help

    with told():
        client = open_client(url, caller=agent, seconds=door.SECONDS)
        server = door.build_server(client)
        if over_http:
            server.run("streamable-http", **where)
        else:
            server.run("stdio")
