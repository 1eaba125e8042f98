"""The data of a figure that an earlier commit of the collection had."""

from __future__ import annotations

import subprocess

from parallelrun import project


def plotted(content: bytes) -> bytes | None:
    """Return the plotted data beside a figure's file in the commit that had this very file; None if none had.

    Parameters
    ----------
    content : bytes
        The file.
    """
    blob = _git("hash-object", "--stdin", given=content)
    if not blob or not _git("cat-file", "-t", blob.decode().strip()):
        return None
    name = blob.decode().strip()
    commits = (_git("log", "--all", f"--find-object={name}", "--format=%H %P", "--", "figures") or b"").decode().split()
    for commit in commits:
        for line in (_git("ls-tree", "-r", commit, "figures") or b"").decode().splitlines():
            place = line.partition("\t")[2]
            if name in line:
                return _git("show", f"{commit}:{place.rpartition('.')[0]}.csv")
    return None


def _git(*arguments: str, given: bytes | None = None) -> bytes | None:
    try:
        ended = subprocess.run(["git", *arguments], cwd=project.root(), input=given, capture_output=True, check=False)
    except OSError:
        return None
    return ended.stdout if ended.returncode == 0 else None
