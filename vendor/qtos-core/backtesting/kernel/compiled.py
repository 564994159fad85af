"""Compilation by numba, in one typed place.

Compiled functions are serial, release the GIL and are cached on disk.  numba
notices a change of the file a function stands in, but not of the files it calls;
a stale cache would answer with old arithmetic, so every function of this package
carries the stamp of the whole package.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def _stamp() -> tuple[tuple[str, int, int], ...]:
    files = sorted(Path(__file__).parent.glob("*.py"))
    stats = ((path.name, path.stat()) for path in files)
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


_STAMP = _stamp()


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` compiled on its first call and cached on disk."""
    dispatcher = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    if dispatcher is not function:  # it is the same where NUMBA_DISABLE_JIT is set
        # numba has no public way to say what else a cached function depends on.
        dispatcher._cache._cache_file._source_stamp = _STAMP  # type: ignore[attr-defined]
    typed: Callable[P, R] = dispatcher
    return typed
