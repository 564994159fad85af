"""The date offsets of exchange_calendars 4.13, as pandas 3.1 calls them.

pandas 3.1 asks an offset for `_add_datetime`, where pandas before asked for `_apply`,
and works out business days without asking the offset at all.  Some offsets of
exchange_calendars answer to the old name alone: the Orthodox Easter of ASEX, XBEL, XBSE
and XCYS, the Hebrew holidays of XTAE, which would fall on Easter, and its weeks, which
change with the years.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from exchange_calendars import tase_holidays
from exchange_calendars.pandas_extensions import offsets
from exchange_calendars.pandas_extensions.offsets import CompositeCustomBusinessDay
from pandas.tseries.offsets import BaseOffset

if TYPE_CHECKING:
    from types import ModuleType


def mend_offsets() -> None:
    """Let pandas find what the offsets do; to do it twice changes nothing."""
    for module in (offsets, tase_holidays):
        for offset in _own_offsets(module):
            offset._add_datetime = offset._apply
    CompositeCustomBusinessDay._add_datetime = _moved
    CompositeCustomBusinessDay._supports_daily_offset_mask = False


def _own_offsets(module: ModuleType) -> list[Any]:
    """Return the offsets a module writes that say by `_apply` what they do."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, BaseOffset)
        and "_apply" in vars(value)
    ]


def _moved(offset: BaseOffset, moment: datetime) -> datetime:
    """Return the moment moved by so many days that the offset counts."""
    step = timedelta(days=1 if offset.n > 0 else -1)
    for _ in range(abs(offset.n)):
        moment += step
        while not offset.is_on_offset(moment):
            moment += step
    return moment
