"""Time a command as a user waits for it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent

LOST_RACE = "Address already in use"
"""What a plain kernel says when another one took its port; such a command is run again."""


def timed(command: list[str], folder: Path, variables: dict[str, str] | None = None) -> float:
    """Return the seconds of a command; run it again if a plain kernel lost its port, stop if it fails otherwise."""
    for _ in range(5):
        start = time.monotonic()
        finished = subprocess.run(
            command, cwd=folder, env=os.environ | (variables or {}), capture_output=True, text=True, check=False
        )
        seconds = time.monotonic() - start
        if not finished.returncode:
            return seconds
        if LOST_RACE not in finished.stdout + finished.stderr:
            break
    sys.exit(f"{' '.join(command)[:300]} failed:\n{(finished.stdout + finished.stderr)[-3000:]}")


def machine() -> str:
    """Return what was measured on, without a name of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GiB, "
        f"Python {platform.python_version()}"
    )
