"""Which recorded runs are asked for."""

from __future__ import annotations

import marshmallow as ma

from orchestrator.schemas.fields import Choice, Instant, Integer, Text
from orchestrator.spec import MAX_NAME, Outcome


def _name(description: str) -> Text:
    return Text(maximum=MAX_NAME, load_default=None, description=description)


class RunFilterSchema(ma.Schema):
    """Which runs."""

    symbol = _name("Runs of this symbol")
    strategy = _name("Runs of this strategy")
    verdict = Choice(Outcome, load_default=None, description="Runs with this verdict")
    caller = _name("Runs of this caller")
    since = Instant(load_default=None, description="Recorded at or after")
    until = Instant(load_default=None, description="Recorded before")


class RunQuerySchema(RunFilterSchema):
    """Which runs, and which page of them."""

    cursor = Text(
        maximum=500,
        load_default=None,
        description="`next_cursor` of the page before, with the same filters",
    )
    limit = Integer(
        minimum=1, maximum=500, load_default=50, description="Most runs of a page"
    )


class HomeQuerySchema(ma.Schema):
    """Which decisions the first page lists; a form sends what is empty too."""

    symbol = _name("Decisions on this symbol")
    strategy = _name("Decisions on this strategy")
    verdict = Choice(Outcome, load_default=None, description="With this verdict")
    caller = _name("Of this caller")
    cursor = Text(maximum=500, load_default=None, description="Where the page begins")

    @ma.pre_load
    def drop_what_is_empty(self, data: dict[str, str], **_: object) -> dict[str, str]:
        """Return the parameters that say something."""
        return {name: value for name, value in data.items() if value != ""}
