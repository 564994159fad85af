"""Commands: ``ingest CSV SYMBOL``, ``symbols`` and ``serve``.

The database is ``--database`` or ``DATA_SERVICE_DATABASE_URL``, by default a SQLite
file in the working directory.
"""

from __future__ import annotations

from pathlib import Path

import click
from werkzeug.serving import make_server

from examples.data_service.app import create_app
from examples.data_service.store import PriceStore
from orchestrator.deadline import Deadline
from orchestrator.errors import OrchestratorError
from orchestrator.loaders.files.file_parse import parse_file
from orchestrator.spec import BarQuery

_PARSING = 600.0


@click.group()
@click.option(
    "--database",
    envvar="DATA_SERVICE_DATABASE_URL",
    default="sqlite:///prices.sqlite3",
    show_default=True,
    help="Where the prices are kept.",
)
@click.pass_context
def main(context: click.Context, database: str) -> None:
    """Keep prices and answer for them over HTTP."""
    store = PriceStore(database)
    context.call_on_close(store.close)
    context.obj = store


@main.command()
@click.argument("csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("symbol")
@click.pass_obj
def ingest(store: PriceStore, csv: Path, symbol: str) -> None:
    """Read a CSV file's bars and store them under SYMBOL."""
    query = BarQuery(symbol=symbol.upper())
    try:
        parsed = parse_file(csv.name, csv.read_bytes(), query, Deadline.after(_PARSING))
    except OrchestratorError as error:
        raise click.ClickException(error.detail) from error
    count = store.ingest(symbol.upper(), parsed.rows.bars)
    click.echo(f"{symbol.upper()}: {count} bars")


@main.command()
@click.pass_obj
def symbols(store: PriceStore) -> None:
    """List what there is."""
    for held in store.holdings():
        click.echo(f"{held.symbol}\t{held.first:%F}\t{held.last:%F}\t{held.bars}")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
@click.pass_obj
def serve(store: PriceStore, host: str, port: int) -> None:
    """Answer over HTTP until interrupted."""
    server = make_server(host, port, create_app(store), threaded=True)
    click.echo(f"http://{host}:{server.server_port}")
    server.serve_forever()


if __name__ == "__main__":
    main()
