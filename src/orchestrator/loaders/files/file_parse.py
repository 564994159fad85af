"""A file's bytes to checked rows, CSV or Parquet, with errors a caller can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import DataInvalidError, InvalidRequestError, Place
from orchestrator.loaders.checks.rows import BadRowsError
from orchestrator.loaders.files.csv_layout import LayoutError
from orchestrator.loaders.files.csv_names import UnknownColumnError
from orchestrator.loaders.files.csv_parse import NoAdjustedCloseError, parse_csv
from orchestrator.loaders.files.csv_symbols import UnknownSymbolError
from orchestrator.loaders.files.file_reading import ParsedFile
from orchestrator.loaders.files.parquet_file import MAGIC, parse_parquet
from orchestrator.spec import OnBadData

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.spec import BarQuery


def parse_file(
    path: str, data: bytes, query: BarQuery, deadline: Deadline
) -> ParsedFile:
    """Return the checked bars of a file's bytes, CSV or Parquet by its content.

    Raises
    ------
    DataInvalidError
        Naming row, column and rule of the first ten violations.
    InvalidRequestError
        If the query asks for an adjusted close, or names a column, that the file
        does not have.
    """
    parse = parse_parquet if data[:4] == MAGIC else parse_csv
    try:
        return parse(data, query, deadline)
    except NoAdjustedCloseError as error:
        detail = f"{path}: {error}"
        place = Place("/adjust", detail)
        raise InvalidRequestError(detail, places=(place,)) from error
    except UnknownColumnError as error:
        detail = f"{path}: {error}"
        place = Place(f"/columns/{error.column}", detail)
        raise InvalidRequestError(detail, places=(place,)) from error
    except UnknownSymbolError as error:
        raise DataInvalidError(
            f"{path}: {error}", places=(Place("/symbol", str(error)),)
        ) from error
    except LayoutError as error:
        raise DataInvalidError(
            f"{path}, {error}",
            places=(Place(f"/rows/{error.line}/{error.column}", str(error)),),
        ) from error
    except BadRowsError as error:
        raise bad_rows(path, error, query.on_bad_data) from error


def cure_of_rows(on_bad_data: OnBadData) -> str:
    """Return what helps against bad rows, and was not asked for already."""
    if on_bad_data is OnBadData.DROP:
        return "none is left without them: correct them"
    return "correct them, or ask for on_bad_data drop"


def bad_rows(
    name: str, error: BadRowsError, on_bad_data: OnBadData
) -> DataInvalidError:
    """Return the error for rows that break the contract, each place named."""
    return DataInvalidError(
        f"{name}, {error}; {cure_of_rows(on_bad_data)}",
        places=tuple(
            Place(f"/rows/{found.row}/{found.column}", str(found))
            for found in error.violations
        ),
    )
