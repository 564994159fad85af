"""Compilation by numba of the passes over a run's arrays.

Functions that call no compiled function of another file need nothing but the stamp
numba itself keeps of the file they stand in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def compiled(function: FunctionT) -> FunctionT:
    """Compile on first call, release the lock while running, keep on disk."""
    decorate = numba.njit(cache=True, nogil=True, error_model="numpy")
    return cast("FunctionT", decorate(function))
