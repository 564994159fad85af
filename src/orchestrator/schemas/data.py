"""Which page of the data is asked for, and what a file sent is stored as."""

from __future__ import annotations

import marshmallow as ma

from orchestrator.schemas.backtest.flat import symbol_field
from orchestrator.schemas.fields import Flag, Integer, Text


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
