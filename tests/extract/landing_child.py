"""Lands a directory of drops in a process of its own, to be killed: DIRECTORY HOME NIGHT."""

from __future__ import annotations

import sys
from pathlib import Path

from extract_source import Drops
from receivables.lake import Lake

if __name__ == "__main__":
    directory, home, night = sys.argv[1:]
    drops = Drops.__new__(Drops)
    drops.directory, drops.lake = Path(directory), Lake(Path(home))
    drops.sql, drops.open_amounts = "contract", "from_allocations"
    print("ready", flush=True)
    drops.land(night=int(night), progress=lambda line: print(line, flush=True))
    print("landed", flush=True)
