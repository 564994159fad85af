"""Bars from files in the data folder: a path, a symbol's file, or the sample.

``csv_path`` names a file inside the folder; without it the symbol's own file is
taken, and without that the sample that ships with the core, under the warning
`sample_data`.  A symbol's unusable file is an error, never the sample.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from orchestrator.errors import (
    DataError,
    DataInvalidError,
    DataNotFoundError,
    InvalidRequestError,
)
from orchestrator.loaders.base import check_window, span_until
from orchestrator.loaders.cache import ByteBoundedCache
from orchestrator.loaders.dataset import Clock, Dataset, Origin, utc_now
from orchestrator.loaders.files.csv_names import SYMBOL
from orchestrator.loaders.files.csv_symbols import is_same_symbol
from orchestrator.loaders.files.csv_text import MAX_TEXT_BYTES
from orchestrator.loaders.files.file_parse import parse_file
from orchestrator.loaders.files.folder import (
    DataFolder,
    FileIdentity,
    FileUnreadableError,
    PathRefusedError,
    check_spelling,
)
from orchestrator.loaders.files.folder_index import SUFFIXES, stem_of
from orchestrator.loaders.files.upload_folders import PREFIX, UploadFolders
from orchestrator.loaders.listing import DataEntry, Listable
from orchestrator.loaders.single_flight import SingleFlight
from orchestrator.spec import (
    DEFAULT_SYMBOL,
    SAMPLE_SOURCE,
    UPLOADED_SOURCE,
    Adjust,
    AnswerWarning,
    BarQuery,
    DataSource,
    OnBadData,
    WarningCode,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.deadline import Deadline
    from orchestrator.loaders.checks.calendars import Calendars
    from orchestrator.spec import FileReading, LoadedBars

SAMPLE = "sample_ohlcv.csv"
_SETTLED_NS = 50_000_000
_READS = 3


@dataclass(frozen=True, slots=True)
class _Key:
    identity: FileIdentity
    adjust: Adjust
    on_bad_data: OnBadData
    symbol: str
    columns: tuple[tuple[str, str], ...] | None
    timezone: str | None
    date_format: str | None

    @classmethod
    def of(cls, identity: FileIdentity, query: BarQuery) -> _Key:
        """Return the key of a file as a query has it read."""
        return cls(
            identity,
            query.adjust,
            query.on_bad_data,
            query.symbol,
            query.columns,
            query.timezone,
            query.date_format,
        )


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A parsed file; `digest` is kept while its clock could still hide a change.

    `path` is the file's own, without links and detours.
    """

    dataset: Dataset
    path: str
    digest: bytes | None

    @property
    def nbytes(self) -> int:
        return self.dataset.nbytes


class CsvLoader:
    """Load bars from CSV and Parquet files of one folder.

    Parameters
    ----------
    root : Path
        The data folder; nothing outside it is ever opened.
    samples : Path or None
        The folder that holds ``sample_ohlcv.csv``; None gives nobody the sample.
    cache_bytes : int
        How many bytes of parsed bars stay in memory.
    calendars : Calendars
    uploads : UploadFolders, optional
        Where files of callers are; by default each sees its own alone.
    clock : Callable
        Tells the time, aware.
    """

    def __init__(
        self,
        root: Path,
        *,
        samples: Path | None,
        cache_bytes: int,
        calendars: Calendars,
        uploads: UploadFolders | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._folder = DataFolder(root)
        self._uploads = uploads or UploadFolders(root, shared=False)
        self._samples = None if samples is None else DataFolder(samples)
        self._cache: ByteBoundedCache[_Key, _Parsed] = ByteBoundedCache(cache_bytes)
        self._flights: SingleFlight[_Parsed] = SingleFlight()
        self._calendars = calendars
        self._clock = clock

    def load(self, query: BarQuery, deadline: Deadline) -> LoadedBars:
        """Return the bars of `query`; see `BarLoader.load`."""
        check_window(query)
        dataset, origin = self._dataset(query, deadline)
        anchor = dataset.last_before(query.end)
        return dataset.answer(query, span_until(query, query.period, anchor), origin)

    def seen_by(self, owner: str) -> Listable:
        """Return the files that `owner` may ask for; see `Shelves`."""
        return _Shelf(self, owner)

    def names(self, owner: str) -> tuple[str, ...]:
        """Return the symbols that have a file for `owner`, in order."""
        names = {symbol for symbol, _ in self._folder.files()}
        return tuple(sorted(names.union(self._uploads.symbols(owner))))

    def _dataset(self, query: BarQuery, deadline: Deadline) -> tuple[Dataset, Origin]:
        if query.csv_path is not None:
            return self._at_path(query, deadline)
        paths = self._folder.find(query.symbol)
        if len(paths) > 1:
            raise _refused(
                "/symbol",
                f"several files hold {query.symbol}: {', '.join(paths[:5])}; "
                "name one by csv_path",
            )
        if paths:
            found = self._of_symbol(self._folder, paths[0], query, deadline)
            return _of_file(found, query)
        uploaded = self._uploads.find(query.symbol, query.owner)
        if uploaded is not None:
            found = self._of_symbol(*uploaded, query, deadline)
            return _of_file(found, query, UPLOADED_SOURCE)
        if self._samples is None:
            raise DataNotFoundError(
                f"the data folder (ORCHESTRATOR_DATA_DIR) has no {query.symbol}: put "
                f"{stem_of(query.symbol)}.csv there; GET /data lists what there is"
            )
        warning = AnswerWarning(
            code=WarningCode.SAMPLE_DATA,
            detail=f"there is no file for {query.symbol}: these are the 21 bars of the "
            f"shipped example {SAMPLE}, not prices of {query.symbol}",
        )
        sample = query
        if query.on_bad_data is not OnBadData.RAISE:
            sample = replace(query, on_bad_data=OnBadData.RAISE)
        return (
            self._read(self._samples, SAMPLE, sample, deadline).dataset,
            Origin(
                source=SAMPLE_SOURCE,
                symbol=query.symbol,
                warnings=(warning,),
                dataset=SAMPLE_SOURCE,
            ),
        )

    def _at_path(self, query: BarQuery, deadline: Deadline) -> tuple[Dataset, Origin]:
        path = query.csv_path or ""
        folder, inside, source = self._folder, path, DataSource.CSV.value
        try:
            check_spelling(path)
            name = path.removeprefix(PREFIX)
            own = self._uploads.path(query.owner)
            mine = name != path and "/" not in name and folder.identity(path) is None
            if mine and own.is_dir():
                folder, inside, source = DataFolder(own), name, UPLOADED_SOURCE
            return _of_file(self._read(folder, inside, query, deadline), query, source)
        except PathRefusedError as error:
            raise _refused("/csv_path", f"csv_path {path[:80]!r}: {error}") from error
        except FileUnreadableError as error:
            raise DataInvalidError(f"csv_path {path[:80]!r}: {error}") from error
        except FileNotFoundError as error:
            raise DataNotFoundError(
                f"there is no file {path[:80]!r} in the data folder "
                "(ORCHESTRATOR_DATA_DIR); GET /data lists what there is"
            ) from error

    def _of_symbol(
        self, folder: DataFolder, path: str, query: BarQuery, deadline: Deadline
    ) -> _Parsed:
        try:
            return self._read(folder, path, query, deadline)
        except (PathRefusedError, FileUnreadableError) as error:
            raise DataInvalidError(f"{path}: {error}") from error
        except FileNotFoundError as error:
            raise DataInvalidError(f"{path}: it leads to no file") from error

    def _read(
        self, folder: DataFolder, path: str, query: BarQuery, deadline: Deadline
    ) -> _Parsed:
        identity = folder.identity(path)
        if identity is not None:
            kept = self._cache.get(_Key.of(identity, query))
            if kept is not None and kept.digest is None:
                return kept
        identity, data, settled = self._bytes(folder, path)
        key = _Key.of(identity, query)
        digest = blake2b(data).digest()
        kept = self._cache.get(key)
        if kept is None or kept.digest != digest:
            kept = self._flights.run(
                (key, digest),
                lambda: _Parsed(
                    self._parse(path, data, query, deadline),
                    folder.own_path(path),
                    digest,
                ),
                deadline,
            )
        if settled:
            kept = replace(kept, digest=None)
        self._cache.put(key, kept)
        return kept

    @staticmethod
    def _bytes(folder: DataFolder, path: str) -> tuple[FileIdentity, bytes, bool]:
        """Return a file's identity and bytes, and whether its clock can be trusted.

        A file written this very moment may change again without its time moving.
        """
        for _ in range(_READS):
            with os.fdopen(folder.open(path), "rb") as file:
                identity = FileIdentity.of(os.fstat(file.fileno()))
                if identity.size > MAX_TEXT_BYTES:
                    raise FileUnreadableError(
                        f"it has {identity.size} bytes, more than {MAX_TEXT_BYTES}"
                    )
                now, data = time.time_ns(), file.read(MAX_TEXT_BYTES + 1)
                if identity == FileIdentity.of(os.fstat(file.fileno())):
                    changed = max(identity.modified_ns, identity.changed_ns)
                    return identity, data, now - changed > _SETTLED_NS
        raise FileUnreadableError("it is being written")

    def _parse(
        self, path: str, data: bytes, query: BarQuery, deadline: Deadline
    ) -> Dataset:
        deadline.check(f"reading {path}")
        parsed = parse_file(path, data, query, deadline)
        return Dataset(
            parsed.rows,
            calendars=self._calendars,
            clock=self._clock,
            adjusted=query.adjust is not Adjust.NONE,
            reading=parsed.reading,
        )


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The files of one caller and of the operator."""

    loader: CsvLoader
    owner: str

    def symbols(self, deadline: Deadline) -> tuple[str, ...]:
        deadline.check("listing the data folder")
        return self.loader.names(self.owner)

    def entry(self, symbol: str, deadline: Deadline) -> DataEntry:
        source = DataSource.CSV.value
        try:
            query = BarQuery(symbol=symbol, owner=self.owner)
            found = self.loader.load(query, deadline).provenance
        except (DataError, InvalidRequestError) as error:
            return DataEntry(symbol=symbol, source=source, problem=error.detail)
        return DataEntry(
            symbol=symbol,
            source=source,
            bars=found.bars,
            first=found.first,
            last=found.last,
        )


def _of_file(
    parsed: _Parsed, query: BarQuery, source: str = DataSource.CSV.value
) -> tuple[Dataset, Origin]:
    name = f"{source}:{parsed.path}"
    return parsed.dataset, Origin(
        source=source,
        symbol=query.symbol,
        dataset=name,
        warnings=tuple(_of_another_symbol(query, parsed.dataset.reading)),
    )


def _of_another_symbol(
    query: BarQuery, reading: FileReading | None
) -> Iterator[AnswerWarning]:
    """Yield a warning where the caller calls a file by another symbol than its own.

    What stands in its column of symbols goes before its name; a request that names
    no symbol has the default one, and calls it nothing.
    """
    if reading is not None and reading.symbol is not None:
        if is_same_symbol(reading.symbol, query.symbol):
            return
        if _is_another(reading, query.symbol):
            yield AnswerWarning(
                code=WarningCode.SYMBOL_DIFFERS,
                detail=f"the bars were asked for as {query.symbol}, and the file says "
                f"that they are of {reading.symbol!r}",
            )
            return
    if query.csv_path is None or query.symbol == DEFAULT_SYMBOL:
        return
    name = query.csv_path.rpartition("/")[2]
    for suffix in SUFFIXES:
        name = name[: -len(suffix)] if name.lower().endswith(suffix) else name
    if _plain(name) != _plain(query.symbol):
        yield AnswerWarning(
            code=WarningCode.SYMBOL_DIFFERS,
            detail=f"the bars of {query.csv_path!r} were asked for as {query.symbol}: "
            "nothing says that they are its prices",
        )


def _is_another(reading: FileReading, symbol: str) -> bool:
    """Return whether a file's own word for its rows is a symbol, and not this one.

    ``AAPL.US`` is AAPL with its market; names of companies and numbers of securities
    stand under other headers.
    """
    header, inside = reading.columns[SYMBOL].lower(), reading.symbol or ""
    if symbol == DEFAULT_SYMBOL or not ("symbol" in header or "tic" in header):
        return False
    return inside.upper().partition(".")[0] != symbol.partition(".")[0]


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.upper()))


def _refused(pointer: str, detail: str) -> InvalidRequestError:
    return InvalidRequestError.at(pointer, detail)
