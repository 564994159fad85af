"""Numbers and times as a reader wants them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NONE = "n/a"


def number(value: object, unit: str = "") -> str:
    """Return a figure in at most six significant digits, `NONE` where there is none."""
    if value is None:
        return NONE
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if not math.isfinite(value):
        return NONE
    if unit == "money" or (abs(value) >= 1000 and not unit):
        text = f"{value:,.2f}" if abs(value) < 1e12 else f"{value:.4g}"
    elif float(value).is_integer() and abs(value) < 1e15:
        text = f"{value:,.0f}"
    else:
        text = f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
        text = text if abs(value) < 1e12 else f"{value:.4g}"
    return f"{text} %" if unit == "%" else text


def level(value: float) -> str:
    """Return the label of a level of an axis."""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"


def percent(value: float, digits: int = 2) -> str:
    """Return a fraction as percent."""
    return f"{100.0 * value:.{digits}f} %" if math.isfinite(value) else NONE


def dates(moments: NDArray[np.datetime64]) -> list[str]:
    """Return times as dates, or to the minute where some are not midnights."""
    days = moments.astype("datetime64[D]")
    if (days == moments).all():
        named: list[str] = np.datetime_as_string(days).tolist()
        return named
    text: list[str] = np.datetime_as_string(moments, unit="m").tolist()
    return [each.replace("T", " ") for each in text]
