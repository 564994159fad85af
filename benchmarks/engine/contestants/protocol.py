"""What every contestant speaks: one line in, one line of JSON out.

Standalone on purpose: it runs in each library's own environment, where nothing of
ours is installed.  ``W2 20`` runs W2 twenty times and answers with the seconds of
CPU time a run took (steadier than the clock where others share the machine; no
contestant uses a second thread), the final equity and the peak memory so far.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np


def serve(contest):
    """Answer until the input ends; `contest` maps a name of work to a callable."""
    folder = Path(sys.argv[1])
    say({"ready": True, "peak": peak_memory()})
    runs = {}
    for line in sys.stdin:
        name, count = line.split()
        if name not in runs:
            runs[name] = contest(name, Files(folder))
        say(measure(runs[name], int(count)))


def measure(run, count):
    started = time.process_time()
    for _ in range(count):
        equity = run()
    seconds = (time.process_time() - started) / count
    return {"seconds": seconds, "equity": float(equity), "peak": peak_memory()}


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def peak_memory():
    """Return the most memory this process ever held, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/self/status has no VmHWM")


class Files:
    """The arrays of the work."""

    def __init__(self, folder):
        self.folder = folder

    def bars(self, name):
        """Return the columns of the bars that work `name` runs over."""
        with np.load(
            self.folder / ("minutes.npz" if name == "W3" else "daily.npz")
        ) as f:
            return {key: f[key] for key in f.files}

    def signals(self):
        """Return the bars that signals stand on: even ones buy, odd ones sell."""
        with np.load(self.folder / "signals.npz") as f:
            return f["places"]
