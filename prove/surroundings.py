"""Build the collection in odd surroundings, and see that figures, results and notebooks have the same bytes.

Each build differs from a plain one in many ways at once: clock, time zone, language, hash seed, folder, home, user's
settings, umask, order of files, processes, threads and kernels of linear algebra, load. If its bytes differ, the ways
are tried one by one to name the one that matters.

Run it with ``python -m prove.surroundings``, or for some notebooks ``python -m prove.surroundings --only convergence``.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from tests.collection import environment

from parallelrun import ipynb, project
from prove import report

MATPLOTLIBRC = """font.size: 40
lines.linewidth: 9
axes.facecolor: red
savefig.bbox: tight
svg.fonttype: none
timezone: Asia/Shanghai
pdf.fonttype: 3
figure.dpi: 31
axes.formatter.use_locale: True
"""

STARTUP = """import pandas, numpy
pandas.set_option("display.precision", 2)
pandas.set_option("display.max_rows", 3)
numpy.set_printoptions(precision=1)
"""

REVERSED = """import os
_listdir, _scandir = os.listdir, os.scandir
def listdir(*a): return sorted(_listdir(*a), reverse=True)
class scandir:
    def __init__(self, *a): self._all = iter(sorted(_scandir(*a), key=lambda e: e.name, reverse=True))
    def __iter__(self): return self
    def __next__(self): return next(self._all)
    def __enter__(self): return self
    def __exit__(self, *a): pass
    def close(self): pass
os.listdir, os.scandir = listdir, scandir
"""

DRIVER = """import os, sys
os.umask(int(sys.argv[1], 8))
from parallelrun.engine import pool
if int(sys.argv[2]):
    pool.workers = lambda: int(sys.argv[2])
from parallelrun.cli import main
main(sys.argv[3:])
"""


@dataclass(frozen=True)
class Way:
    """One way in which surroundings differ: variables, a wrapping command, or one of the kinds that `built` knows."""

    name: str
    variables: tuple[tuple[str, str], ...] = ()
    command: tuple[str, ...] = ()
    kind: str = ""
    value: int = 0


def variables(name: str, **values: str) -> Way:
    """Return a way that sets environment variables."""
    return Way(name, tuple(values.items()))


WAYS = {
    "another place": (
        Way("a folder with spaces and non-ASCII letters", kind="folder"),
        variables("time zone", TZ="Pacific/Kiritimati"),
        variables("German", LC_ALL="de_DE.UTF-8", LANG="de_DE.UTF-8"),
        variables("hash seed 1", PYTHONHASHSEED="1"),
        Way("umask 077", kind="umask", value=0o077),
        Way("a user's HOME with matplotlibrc and IPython start-up files", kind="home"),
        Way("one worker", kind="workers", value=1),
    ),
    "another clock": (
        Way("a clock in 2031 (faketime)", command=("faketime", "2031-02-28 23:59:30")),
        variables("Chinese", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8"),
        variables("hash seed 4711", PYTHONHASHSEED="4711"),
        Way("files in the reverse order", kind="order"),
        Way("eight workers", kind="workers", value=8),
        variables("four threads of linear algebra", OPENBLAS_NUM_THREADS="4", OMP_NUM_THREADS="4"),
        variables("kernels of linear algebra of 2008", OPENBLAS_CORETYPE="Nehalem"),
    ),
    "another hand": (
        Way("a read-only checkout", kind="read-only"),
        variables("Turkish", LC_ALL="tr_TR.UTF-8", LANG="tr_TR.UTF-8"),
        Way("umask 000", kind="umask", value=0),
        Way("a busy machine", kind="busy"),
        variables("other kernels of linear algebra", OPENBLAS_CORETYPE="Haswell"),
        variables("a narrow terminal and another backend", COLUMNS="40", MPLBACKEND="svg"),
    ),
}
"""Builds, each with all of its ways at once."""


def content(folder: Path) -> dict[str, str]:
    """Return what a build gave, by path: figures and results in hex, notebooks cleaned of what only tells time."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes().hex() for p in (folder / "figures").rglob("*.*")}
    for path in (folder / "build" / "notebooks").glob("*.ipynb"):
        found[f"notebooks/{path.name}"] = str(ipynb.clean(ipynb.read(path)))
    return found


@contextmanager
def read_only(folder: Path) -> Iterator[bool]:
    """Mount a folder read-only over itself; yield whether that is allowed here."""
    libc, path = ctypes.CDLL(None, use_errno=True), str(folder).encode()
    done = libc.mount(path, path, None, 4096, None) == 0
    if done:
        libc.mount(None, path, None, 4096 | 32 | 1, None)
    try:
        yield done
    finally:
        if done:
            libc.umount2(path, 2)


def _spin() -> None:
    while True:
        pass


@contextmanager
def busy() -> Iterator[None]:
    """Keep all processors busy."""
    spinning = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(os.cpu_count() or 1)]
    for process in spinning:
        process.start()
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.join()


def copied(target: Path) -> Path:
    """Copy what a build reads."""
    root = project.root()
    for name in ("notebooks", "data", "src", "scenarios"):
        shutil.copytree(root / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.txt", "pyproject.toml", "README.md"):
        shutil.copyfile(root / name, target / name)
    return target


def built(place: Path, ways: tuple[Way, ...], only: list[str]) -> tuple[dict[str, str], list[str]]:
    """Build in a copy of the collection; return what it gave, and the ways that are not allowed here."""
    named = {way.kind: way for way in ways if way.kind}
    copy = copied(place / ("Prüfung 中文 und Leerzeichen" if "folder" in named else "copy"))
    out, not_tried = place / "out", list[str]()
    env = environment(PYTHONPATH=str(copy / "src"))
    for way in ways:
        env |= dict(way.variables)
    if "home" in named:
        env |= {"HOME": str(user(place / "home"))}
        env = {k: v for k, v in env.items() if k not in ("MPLCONFIGDIR", "IPYTHONDIR", "XDG_CONFIG_HOME")}
    if "order" in named:
        (place / "site").mkdir()
        (place / "site" / "sitecustomize.py").write_text(REVERSED)
        env["PYTHONPATH"] = f"{place / 'site'}{os.pathsep}{env['PYTHONPATH']}"
    prefix: list[str] = []
    for way in ways:
        if way.command and shutil.which(way.command[0]) is None:
            not_tried.append(f"{way.name}: {way.command[0]} is not installed")
        else:
            prefix += way.command
    umask, workers = (named[kind].value if kind in named else 0 for kind in ("umask", "workers"))
    mask = f"{umask:o}" if "umask" in named else "022"
    command = [*prefix, sys.executable, "-B", "-c", DRIVER, mask, str(workers), "build", *only, "--into", str(out)]
    with ExitStack() as stack:
        if "busy" in named:
            stack.enter_context(busy())
        if "read-only" in named and not stack.enter_context(read_only(copy)):
            not_tried.append("a read-only checkout: no right to mount")
        finished = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
    if finished.returncode:
        return {"error": finished.stderr[-2000:]}, not_tried
    return content(out), not_tried


def user(home: Path) -> Path:
    """Make the home of a user with settings of their own."""
    for name, text in (
        (".config/matplotlib/matplotlibrc", MATPLOTLIBRC),
        (".ipython/profile_default/startup/00-mine.py", STARTUP),
        (".ipython/profile_default/ipython_config.py", "c.InteractiveShell.colors = 'linux'\n"),
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    return home


def differing(plain: dict[str, str], other: dict[str, str]) -> list[str]:
    """Return the names of what differs."""
    return sorted(name for name in plain.keys() | other.keys() if plain.get(name) != other.get(name))


@click.command()
@click.option("--only", multiple=True, metavar="NOTEBOOK", help="Build these notebooks only; repeatable.")
def main(only: tuple[str, ...]) -> None:
    """Build in odd surroundings, and compare the bytes."""
    with report.part("surroundings", "Surroundings") as part, tempfile.TemporaryDirectory() as name:
        place = Path(name)
        plain, _ = built(place / "plain", (), list(only))
        if "error" in plain:
            sys.exit(plain["error"])
        for title, ways in WAYS.items():
            other, not_tried = built(place / title.replace(" ", "-"), ways, list(only))
            differ = differing(plain, other)
            guilty = []
            for number, way in enumerate(ways if differ else ()):
                alone, _ = built(place / f"{title.replace(' ', '-')}-{number}", (way,), list(only))
                if found := differing(plain, alone):
                    guilty.append(f"{way.name}: {', '.join(found[:3])} {alone.get('error', '')[-300:]}")
            part.add(
                f"same bytes with {', '.join(way.name for way in ways)}", not differ, len(plain),
                "; ".join([*guilty, *not_tried]) or (", ".join(differ[:3]) if differ else f"{len(plain)} files"),
            )  # fmt: skip


if __name__ == "__main__":
    main()
