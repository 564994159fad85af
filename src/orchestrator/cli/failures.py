"""How a command fails: one line with the cure, and a status a program can read.

Asking commands exit with 0 for a pass, 1 for a fail, 2 for insufficient evidence; all
that is no verdict is 3 (refused or not to be had), 4 (the command was mistyped) or 5
(a defect of ours).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from orchestrator.clients.failures import ServiceError
from orchestrator.errors import OrchestratorError
from orchestrator.settings import SettingsError

REFUSED, MISTYPED, DEFECT = 3, 4, 5


class MistypedError(click.UsageError):
    """The command cannot be read."""

    exit_code = MISTYPED


class Asking(click.Command):
    """A command whose status is a verdict: no error shares a status with one."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Return the context; a mistyped command exits with 4."""
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as error:
            raise MistypedError(error.message, error.ctx) from None


@contextmanager
def told() -> Iterator[None]:
    """Say in one line what went wrong, and exit."""
    try:
        yield
    except BrokenPipeError:  # as in `... | head`
        sys.stderr.close()
        sys.exit(0)
    except OrchestratorError as error:
        fail(error.detail)
    except (SettingsError, ServiceError) as error:
        fail(str(error))
    except OSError as error:
        fail(str(error))
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as error:  # noqa: BLE001 -- a person sees this, not a program
        fail(f"a defect of ours, {type(error).__name__}: {error}", DEFECT)


def fail(message: str, status: int = REFUSED) -> NoReturn:
    """Say what went wrong on standard error, and exit."""
    click.echo(f"orchestrator: {message}", err=True)
    sys.exit(status)
