"""One virtual environment for each library, by name and version from the index."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1] / ".venvs"
CONTESTANTS = Path(__file__).parent / "contestants"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A program that takes part.

    Parameters
    ----------
    name : str
        As the tables show it.
    script : str
        Its file among the contestants.
    requirements : tuple of str
        What its own environment holds; none means that it runs in ours.
    slow : tuple of str
        Work that takes it minutes, run only when asked for.
    """

    name: str
    script: str
    requirements: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Its program."""
        return CONTESTANTS / self.script

    @property
    def python(self) -> Path:
        """The interpreter it runs under."""
        if not self.requirements:
            return Path(sys.executable)
        return ROOT / self.path.stem / "bin" / "python"


OURS = Contestant(name="ours", script="ours.py")
NUMBA = Contestant(name="numba limit", script="numba_limit.py")
ALL = (
    OURS,
    NUMBA,
    Contestant(name="numpy limit", script="numpy_limit.py"),
    Contestant(
        name="vectorbt",
        script="vectorbt_.py",
        requirements=("vectorbt==1.2.0",),
    ),
    Contestant(
        name="backtesting.py",
        script="backtesting_py.py",
        requirements=("backtesting==0.6.6",),
    ),
    Contestant(
        name="backtrader",
        script="backtrader_.py",
        requirements=("backtrader==1.9.78.123", "numpy", "pandas"),
        slow=("W3",),
    ),
)


def install(contestant: Contestant) -> None:
    """Make the environment of a contestant, unless it stands already."""
    stamp = contestant.python.parents[1] / "requirements.txt"
    wanted = "\n".join(contestant.requirements)
    if not contestant.requirements or (stamp.exists() and stamp.read_text() == wanted):
        return
    home = stamp.parent
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        _call(uv, "venv", "--quiet", "--clear", "--python", sys.executable, home)
        into = ("pip", "install", "--quiet", "--python", contestant.python)
        _call(uv, *into, *contestant.requirements)
    else:
        _call(sys.executable, "-m", "venv", "--clear", home)
        _call(contestant.python, "-m", "pip", "install", *contestant.requirements)
    stamp.write_text(wanted)


def _call(*words: str | Path) -> None:
    subprocess.run(words, check=True)
