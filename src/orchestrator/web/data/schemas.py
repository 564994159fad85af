"""What the routes of data take and answer."""

from __future__ import annotations

import marshmallow as ma

from orchestrator.web.answers import (
    AnswerSchema,
    count,
    flag,
    many,
    optional_count,
    optional_text,
    text,
)
from orchestrator.web.backtest.flat import symbol_field
from orchestrator.web.backtest.verdicts import WarningSchema
from orchestrator.web.fields import Flag, Integer, Text


class DataQuerySchema(ma.Schema):
    """Which page of the data."""

    after = Text(
        maximum=200, load_default=None, description="`after` of the page before"
    )
    limit = Integer(
        minimum=1, maximum=500, load_default=100, description="Most entries of a page"
    )


class UploadQuerySchema(ma.Schema):
    """What a file holds."""

    symbol = symbol_field("Symbol the file is stored under", required=True)
    replace = Flag(
        load_default=False,
        description="Whether it may take the place of the symbol's file",
    )


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
