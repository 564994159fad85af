"""Which page of the data is asked for, and what a file sent is stored as."""

from __future__ import annotations

import marshmallow as ma

from orchestrator.schemas.backtest.file_fields import (
    ColumnPairs,
    date_format_field,
    zone_field,
)
from orchestrator.schemas.backtest.flat import symbol_field
from orchestrator.schemas.fields import Flag, Integer, Text
from orchestrator.spec import DataSource


class DataQuerySchema(ma.Schema):
    """Which page of the data."""

    after = Text(
        maximum=200, load_default=None, description="`after` of the page before"
    )
    limit = Integer(
        minimum=1, maximum=500, load_default=100, description="Most entries of a page"
    )


class FileQuerySchema(ma.Schema):
    """How a file is to be read."""

    columns = ColumnPairs(
        load_default=None,
        description="Names of columns in the file, by what they hold",
        example="timestamp:Day,close:Px",
    )
    timezone = zone_field()
    date_format = date_format_field()


class SymbolQuerySchema(FileQuerySchema):
    """Where a symbol's bars are looked for."""

    source = Text(
        maximum=64,
        load_default=DataSource.CSV.value,
        description="Data source that has the symbol",
        example="csv",
    )


class UploadQuerySchema(FileQuerySchema):
    """What a file holds."""

    symbol = symbol_field("Symbol the file is stored under", required=True)
    replace = Flag(
        load_default=False,
        description="Whether it may take the place of the symbol's file",
    )
