"""Compilation by numba, in one typed place.

Compiled functions are serial, release the GIL and are cached on disk.  numba
notices a change of the file a function stands in, but not of the files it calls;
a stale cache would answer with old arithmetic, so every function carries the stamp
of the whole folder its file is in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


@cache
def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    stats = ((path.name, path.stat()) for path in sorted(folder.glob("*.py")))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` compiled on its first call and cached on disk.

    It calls compiled functions of its own folder alone.
    """
    dispatcher = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    if dispatcher is not function:  # it is the same where NUMBA_DISABLE_JIT is set
        stamp = _stamp(Path(function.__code__.co_filename).parent)
        # numba has no public way to say what else a cached function depends on.
        dispatcher._cache._cache_file._source_stamp = stamp  # type: ignore[attr-defined]
    typed: Callable[P, R] = dispatcher
    return typed
