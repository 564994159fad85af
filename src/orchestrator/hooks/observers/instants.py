"""Labels of bars as text."""

from __future__ import annotations

import numpy as np


def iso(label: np.datetime64) -> str:
    """Return a label as ISO 8601 in UTC, without empty fractions of a second."""
    if label == label.astype("datetime64[s]"):
        return f"{np.datetime_as_string(label, unit='s')}Z"
    return f"{np.datetime_as_string(label, unit='ns')}Z"
