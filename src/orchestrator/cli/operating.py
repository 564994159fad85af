"""The operator's commands: ``orchestrator serve``, ``db upgrade`` and others.

What a command needs is imported when it runs, so that ``--help`` is quick.  A command
that fails says why in one line on standard error and exits with 1; usage errors exit
with 2.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from orchestrator.errors import OrchestratorError
from orchestrator.settings import LedgerMode, Settings, SettingsError

_url_option = click.option(
    "--url",
    metavar="URL",
    help="The ledger's database; by default ORCHESTRATOR_DATABASE_URL.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="quant-orchestrator", prog_name="orchestrator")
def main() -> None:
    """Run, look after and look into the backtest gate.

    Settings come from the environment; see docs/settings.md.
    """


@main.command()
@click.option("--bind", metavar="HOST:PORT", help="Where to listen.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Its address.")
@click.option("--port", default=8000, show_default=True, help="Its port.")
@click.option("--workers", type=int, help="Processes; by default one a core.")
def serve(bind: str | None, host: str, port: int, workers: int | None) -> None:
    """Bring the ledger up to date, then serve with gunicorn.

    Runs in the folder that holds wsgi.py and gunicorn.conf.py.
    """
    with _plain_failures():
        settings = Settings.from_environ(os.environ)
        if settings.ledger is not LedgerMode.OFF:
            import_module("orchestrator.ledger.migrate").upgrade(settings.database_url)
        if not Path("wsgi.py").is_file():
            _fail("there is no wsgi.py in this folder: run it where the service lies")
        gunicorn = shutil.which("gunicorn", path=str(Path(sys.executable).parent))
        if gunicorn is None:
            _fail("gunicorn is not installed beside this command")
        if bind is None:
            _check_free(host, port)
        options = ["--bind", bind or f"{host}:{port}"]
        options += [] if workers is None else ["--workers", str(workers)]
        os.execv(gunicorn, [gunicorn, "wsgi:app", *options])  # noqa: S606 - our own


def _check_free(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            _fail(f"port {port} is busy: name another by --port")
        _fail(f"{host}:{port} cannot be listened on: {error.strerror}")


@main.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path))
def openapi(output: Path | None) -> None:
    """Print the OpenAPI document, or write it to a file."""
    with _plain_failures():
        text = _openapi_text()
        if output is None:
            click.echo(text, nl=False)
        else:
            output.write_text(text, encoding="utf-8")


@main.group()
def db() -> None:
    """Look after the ledger's database."""


@db.command("upgrade")
@_url_option
def db_upgrade(url: str | None) -> None:
    """Create the ledger's tables, or bring them up to date; safe to repeat."""
    from orchestrator.ledger.migrate import upgrade  # noqa: PLC0415 - quick --help

    with _plain_failures():
        revision = upgrade(_address(url))
    click.echo(f"the ledger is at revision {revision}")


@db.command("check")
@_url_option
def db_check(url: str | None) -> None:
    """Say whether the ledger can be reached and is this version's."""
    from orchestrator.ledger.database import Database  # noqa: PLC0415 - quick --help
    from orchestrator.ledger.schema import check_schema  # noqa: PLC0415

    with _plain_failures():
        revision = check_schema(Database(_address(url)))
    click.echo(f"the ledger is at revision {revision}, as it should be")


@main.group()
def ledger() -> None:
    """Look into the record of runs and decisions."""


@ledger.command("verify")
@_url_option
@click.option(
    "--anchor",
    metavar="SEQUENCE:HASH",
    help="A newest link that verify printed before; it must still be there.",
)
def ledger_verify(url: str | None, anchor: str | None) -> None:
    """Find rows that were changed, removed, inserted or reordered."""
    from orchestrator.cli.progress import progress  # noqa: PLC0415 - quick --help
    from orchestrator.ledger.database import Database  # noqa: PLC0415
    from orchestrator.ledger.verification.verify import Anchor, verify  # noqa: PLC0415

    try:
        known = None if anchor is None else Anchor.parse(anchor)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--anchor") from None
    with _plain_failures(), progress("reading the ledger") as told:
        verification = verify(Database(_address(url)), known, told)
    for finding in verification.findings:
        click.echo(str(finding))
    if not verification.is_intact:
        _fail(f"the ledger was altered: {len(verification.findings)} findings")
    click.echo(f"intact: {verification.records} rows")
    if verification.newest is not None:
        click.echo(f"newest link: {verification.newest}")


@ledger.command("export")
@_url_option
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path))
def ledger_export(url: str | None, output: Path | None) -> None:
    """Print the recorded runs as CSV, oldest first, or write them to a file."""
    from orchestrator.cli.progress import progress  # noqa: PLC0415 - quick --help
    from orchestrator.ledger.sql import SqlLedger  # noqa: PLC0415
    from orchestrator.ledger.values import RunFilter  # noqa: PLC0415

    with _plain_failures(), progress("exporting"):
        lines = SqlLedger(_address(url)).export(RunFilter())
        if output is None:
            for line in lines:
                click.echo(line, nl=False)
        else:
            with output.open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines)


@contextmanager
def _plain_failures() -> Iterator[None]:
    try:
        yield
    except SettingsError as error:
        _fail(str(error))
    except OrchestratorError as error:
        reason = str(getattr(error.__cause__, "orig", "")).partition("\n")[0]
        _fail(f"{error.detail} ({reason})" if reason else error.detail)
    except OSError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    click.echo(f"orchestrator: {message}", err=True)
    sys.exit(1)


def _address(url: str | None) -> str:
    return Settings.from_environ(os.environ).database_url if url is None else url


def _openapi_text() -> str:
    # Doors are strangers to each other, so this one opens the other by its name, as
    # gunicorn does.  The document does not depend on the environment.
    create_app: Callable[..., object] = import_module("orchestrator.web.app").create_app
    from orchestrator.bootstrap import build_services  # noqa: PLC0415 - quick --help

    settings = Settings()
    app = create_app(build_services(settings), settings)
    text: str = app.test_client().get("/openapi.json").get_data(as_text=True)  # type: ignore[attr-defined]
    return text
