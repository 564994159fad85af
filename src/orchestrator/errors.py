"""Errors the orchestrator raises on purpose.

Every error a caller may want to handle derives from `OrchestratorError`, has a
stable `code`, and a message that names the value, the rule and the cure::

    OrchestratorError
    ├── InvalidRequestError               the request breaks a rule at `places`
    │   ├── UnknownStrategyError          no strategy has that name
    │   ├── AnswerTooLargeError           the answer would be larger than one may be
    │   ├── PolicyTooLaxError             the policy is under the operator's floor
    │   └── IdempotencyConflictError      the key was used with another body
    ├── DataError
    │   ├── DataNotFoundError             no such file, symbol or window
    │   ├── DataInvalidError              the caller's bars are unusable
    │   ├── DataFolderError               the data folder, or a part of it, is gone
    │   ├── DataSourceError               the data service failed or answered badly
    │   ├── DataSourceTimeoutError        the data service did not answer in time
    │   ├── DataSourceSuspendedError      it failed often and is left alone a while
    │   └── DataSourceNotConfiguredError  no data service is configured
    ├── RunNotFoundError                  the ledger has no such run
    ├── LedgerUnavailableError            the ledger cannot be read or written
    ├── UploadsDisabledError              the operator has not switched uploads on
    ├── OverloadedError                   too much is being worked on
    └── BudgetExceededError               the work would not fit its time

Anything else that escapes is a bug: let it propagate, and fix it.  This module
knows nothing of HTTP; `orchestrator.web.errors` maps each class to a status.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self


@dataclass(frozen=True, slots=True)
class Place:
    """One thing wrong: a JSON pointer into the request and what is wrong there."""

    pointer: str
    detail: str


def reference_token(name: object) -> str:
    """Return `name` as one step of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


class OrchestratorError(Exception):
    """Base of every deliberate error."""

    code: ClassVar[str] = "orchestrator_error"

    def __init__(
        self,
        detail: str,
        *,
        places: tuple[Place, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.places = places
        self.retry_after = retry_after


class InvalidRequestError(OrchestratorError, ValueError):
    """The request breaks a rule."""

    code = "validation_error"

    @classmethod
    def at(cls, pointer: str, detail: str, *, subject: str = "") -> Self:
        """Return the refusal of what stands at `pointer`.

        Its message is the detail, after the `subject` where the detail needs one.
        """
        message = f"{subject} {detail}" if subject else detail
        return cls(message, places=(Place(pointer, detail),))


class UnknownStrategyError(InvalidRequestError):
    """No strategy is registered under that name."""

    code = "unknown_strategy"


class PolicyTooLaxError(InvalidRequestError):
    """The policy asked for is under the operator's floor."""

    code = "policy_too_lax"


class IdempotencyConflictError(InvalidRequestError):
    """The idempotency key was used with another body."""

    code = "idempotency_conflict"


class AnswerTooLargeError(InvalidRequestError):
    """The answer asked for would be larger than one may be."""

    code = "answer_too_large"


class DataError(OrchestratorError):
    """Bars could not be had."""

    code = "data_error"


class DataNotFoundError(DataError):
    """The source has no such file, symbol or window."""

    code = "data_not_found"


class DataInvalidError(DataError, ValueError):
    """The caller's bars break the bar contract."""

    code = "data_invalid"


class DataSourceError(DataError):
    """The data service failed, or its answer cannot be used."""

    code = "data_source_failed"


class DataSourceTimeoutError(DataError):
    """The data service did not answer in time."""

    code = "data_source_timeout"


class DataSourceSuspendedError(DataError):
    """The data service failed so often that it is left alone for a while."""

    code = "data_source_suspended"


class DataFolderError(DataError):
    """The data folder, or a folder in it, cannot be read."""

    code = "data_folder_unavailable"


class DataSourceNotConfiguredError(DataError):
    """No data service is configured."""

    code = "data_source_not_configured"


class RunNotFoundError(OrchestratorError):
    """The ledger has no such run."""

    code = "run_not_found"


class LedgerUnavailableError(OrchestratorError):
    """The ledger cannot be read or written."""

    code = "ledger_unavailable"


class OverloadedError(OrchestratorError):
    """So much is being worked on that no more is taken in."""

    code = "overloaded"


class UploadsDisabledError(OrchestratorError):
    """The operator has not switched uploads on."""

    code = "uploads_disabled"


class BudgetExceededError(OrchestratorError):
    """The work would not fit the time a request may take."""

    code = "work_budget_exceeded"
