"""From moments to the labels of bars: whole days keep their date, in every door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Times = NDArray[np.datetime64]

_STRAY_SHARE = 0.02
_FEWEST_DAYS = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """The labels of bars, and which of them had a clock where all others had none.

    Parameters
    ----------
    labels : ndarray of datetime64[ns]
    strays : ndarray of bool, or None
        Rows whose clock was left out; None where there are none.
    """

    labels: Times
    strays: NDArray[np.bool_] | None = None


def labels_of(instants: Times, local: Times) -> Labels:
    """Return dates where clocks showed midnight, else the instants.

    Parameters
    ----------
    instants, local : ndarray of datetime64[ns]
        Moments in UTC, and as clocks in their own zones showed them.

    Notes
    -----
    One row in fifty, or a single one of five or more, may show another time: a live
    last row, say.  It is of its own date, and moves no other.
    """
    known = ~np.isnat(local)
    dates = local.astype("datetime64[D]").astype(local.dtype)
    strays = known & (local != dates)
    count = int(np.count_nonzero(strays))
    if count == 0:
        return Labels(labels=local)
    days = int(np.count_nonzero(known)) - count
    if count <= max(1.0, _STRAY_SHARE * days) and days >= _FEWEST_DAYS:
        return Labels(labels=dates, strays=strays)
    return Labels(labels=instants)
