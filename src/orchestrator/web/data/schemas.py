"""What the routes of data answer."""

from __future__ import annotations

from orchestrator.web.answers import (
    AnswerSchema,
    count,
    flag,
    many,
    optional_count,
    optional_text,
    text,
)
from orchestrator.web.backtest.verdicts import WarningSchema


class DataEntrySchema(AnswerSchema):
    """One symbol of one source."""

    symbol = text("Ask for it by this `symbol`")
    source = text("and this `data_source`")
    bars = optional_count("How many bars there are; null if that is not known")
    first = optional_text("Time of the first bar")
    last = optional_text("Time of the last bar")
    problem = optional_text("Why its bars cannot be used; null if they can")


class DataListSchema(AnswerSchema):
    """What can be asked for."""

    entries = many(DataEntrySchema, "By source and symbol")
    after = optional_text("Where the next page begins; null on the last")
    warnings = many(WarningSchema, "Sources that could not be listed")


class StoredCsvSchema(AnswerSchema):
    """What was stored."""

    symbol = text("Ask for it by this `symbol`")
    path = text("Its file, relative to the data folder: a `csv_path`")
    bars = count("Bars in it")
    first = text("Time of the first bar")
    last = text("Time of the last bar")
    sha256 = text("Hash of the bars")
    replaced = flag("Whether an older file was replaced")
