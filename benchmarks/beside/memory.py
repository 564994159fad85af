"""How much memory the workers of a master hold."""

from __future__ import annotations

from pathlib import Path

KIBIBYTES_A_MEBIBYTE = 1024


def peak(master: int) -> float:
    """Return the most MiB that a worker of `master` ever held."""
    return max(_status(child, "VmHWM") for child in _children(master))


def _children(master: int) -> list[str]:
    return Path(f"/proc/{master}/task/{master}/children").read_text().split()


def _status(process: str, name: str) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / KIBIBYTES_A_MEBIBYTE
    raise RuntimeError(f"process {process} has no {name}")
