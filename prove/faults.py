"""Kill, starve and interrupt commands, and see that nothing partial is taken for good and nothing is left behind.

Each fault is made on small collections: the command is disturbed, what can be seen must be whole, no process may be
left, and the same command, run again, must give the bytes of an undisturbed one.

Run it with ``python -m prove.faults --kills 25``, which kills each of four commands 25 times.
"""

from __future__ import annotations

import ctypes
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from tests.collection import MINIMAL, SLOW, environment, known_valid, small, write

from parallelrun import folders, ipynb
from parallelrun.errors import NotebookError
from prove import report

LINGER = 30.0
"""Seconds that what a disturbed command started may need to end, on a busy machine."""

PARAMETERS = 'level = 0.5\ndraws = 100\nname = "a"\nfree = True'


@dataclass(frozen=True)
class Command:
    """A command that is disturbed: how it is run, how it is completed, and what it leaves that is compared."""

    name: str
    arguments: tuple[str, ...]
    again: tuple[str, ...]
    left: tuple[str, ...]
    loose: tuple[str, ...] = ()


COMMANDS = (
    Command("build", ("build",), ("build",), ("figures",)),
    Command("run", ("run", "fifth", "-p", "level", "0.7", "--out", "one"), (), ("one",), ("run.json",)),
    Command("sweep", ("sweep", "slow", "g.yml", "--out", "s"), ("--resume",), ("s",)),
    Command("refresh", ("refresh", "prices", "--into", "own", "--as-of", "2026-11-24"), (), ("own",)),
)
"""``loose`` files tell when and how long, and are not compared."""


def collection(folder: Path) -> Path:
    """Make a small collection: a notebook with a figure, one that takes its time, and a design to sweep it."""
    folder.mkdir(parents=True)
    small(folder)
    write(folder, "slow", SLOW.replace('"fifth"', '"slow"'), parameters=PARAMETERS)
    (folder / "g.yml").write_text("grid: {level: [1, 2, 3, 4, 5, 6]}\n")
    return folder


def started(folder: Path, *arguments: str, limit: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    """Start the command in a session of its own, so that all that it starts can be found."""

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl-C
        if limit:
            limit()

    return subprocess.Popen(
        [sys.executable, "-m", "parallelrun.cli", *arguments],
        cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=prepare,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a command; return its exit code and what it said."""
    out, err = process.communicate(timeout=900)
    return process.returncode, out + err


def strays(session: int) -> list[int]:
    """Return the processes of a session that are still there after a while."""
    until = time.monotonic() + LINGER
    while found := [pid for pid in _processes() if _session(pid) == session]:
        if time.monotonic() > until:
            return found
        time.sleep(0.05)
    return []


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _session(pid: int) -> int | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[3])


def content(folder: Path, command: Command) -> dict[str, bytes]:
    """Return what a command left, by path."""
    return {
        path.relative_to(folder).as_posix(): told(path, command)
        for top in command.left
        for path in sorted((folder / top).rglob("*"))
        if path.is_file() and not any(part.startswith(folders.PREFIX) for part in path.relative_to(folder).parts)
    }


def told(path: Path, command: Command) -> bytes:
    """Return a file's bytes without what only tells time."""
    if path.name in command.loose:
        return b""
    if path.suffix == ".ipynb":
        try:
            return str(ipynb.clean(ipynb.read(path))).encode()
        except NotebookError:
            return b"torn"
    return path.read_bytes()


def leftovers(folder: Path) -> list[str]:
    """Return what was left half made; a folder that no process had time to lock goes with the first command later."""
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob(f"{folders.PREFIX}*")
        if not (path.is_dir() and not (path / ".lock").exists())
    ]


def reset(folder: Path) -> None:
    """Remove what commands made."""
    for name in ("figures", "build", "runs", "one", "s", "own"):
        shutil.rmtree(folder / name, ignore_errors=True)
    known_valid(folder)


def broken_by(folder: Path, command: Command, whole: dict[str, bytes], kill: Callable[[int], None]) -> str | None:
    """Disturb a command, look at what it left, and run it again; return what is wrong, None if nothing is."""
    reset(folder)
    process = started(folder, *command.arguments)
    kill(process.pid)
    ended(process)
    if left := strays(process.pid):
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        return f"{len(left)} processes were left"
    if wrong := partial(content(folder, command), whole, command):
        return f"half made: {wrong}"
    return not_same_again(folder, command, whole)


def partial(seen: dict[str, bytes], whole: dict[str, bytes], command: Command) -> str | None:
    """Return a file that is not as it must be once its folder is there; a sweep's files count once it says done."""
    if command.name == "sweep" and "s/sweep.json" not in seen:
        return None
    if command.name == "build":
        for stem in {name.split("/")[1] for name in seen if name.count("/") == 2}:
            files = {name for name in whole if name.startswith(f"figures/{stem}/")}
            if wrong := next((name for name in files if seen.get(name) != whole[name]), None):
                return wrong
        return None
    return next((name for name in whole if seen and seen.get(name) != whole[name]), None)


def not_same_again(folder: Path, command: Command, whole: dict[str, bytes]) -> str | None:
    """Run a disturbed command again; return what differs from an undisturbed one."""
    code, said = ended(started(folder, *command.arguments, *(command.again if command.name == "sweep" else ())))
    if code:
        return f"again: exit {code}: {said[-300:]}"
    seen = content(folder, command)
    if differs := sorted(name for name in whole.keys() | seen.keys() if whole.get(name) != seen.get(name)):
        return f"again: other bytes in {', '.join(differs[:3])}"
    if left := leftovers(folder):
        return f"again: left behind: {', '.join(left[:3])}"
    return None


def undisturbed(folder: Path, command: Command) -> tuple[dict[str, bytes], float]:
    """Return what a command leaves if nothing disturbs it, and its seconds."""
    reset(folder)
    began = time.monotonic()
    code, said = ended(started(folder, *command.arguments))
    if code:
        sys.exit(f"{command.name} fails undisturbed: {said}")
    return content(folder, command), time.monotonic() - began


def kills(part: report.Part, place: Path, commands: tuple[Command, ...], count: int, seed: int, minutes: float) -> None:
    """Kill each command at random moments of its time."""
    for command in commands:
        folder, dice = collection(place / command.name), random.Random(f"{seed} {command.name}")
        whole, seconds = undisturbed(folder, command)
        wrong, tries, until = [], 0, time.monotonic() + 60 * minutes
        while tries < count and time.monotonic() < until:
            moment = dice.uniform(0, seconds)

            def kill(pid: int, moment: float = moment) -> None:
                time.sleep(moment)
                os.kill(pid, signal.SIGKILL)

            if found := broken_by(folder, command, whole, kill):
                wrong.append(f"after {moment:.2f} s: {found}")
            tries += 1
        part.add(
            f"`{command.name}` killed at random moments: whole or not there, no process left, same bytes again",
            not wrong, tries, "; ".join(wrong[:3]),
        )  # fmt: skip


HANGING = (
    (signal.SIGINT, "import time; time.sleep(1000)"),
    (signal.SIGTERM, "import time; time.sleep(1000)"),
    (signal.SIGINT, "import signal, time\nfor s in (2, 15): signal.signal(s, signal.SIG_IGN)\ntime.sleep(1000)"),
)
"""Signals, and cells that hang; the last ignores both signals."""


def interrupted(part: report.Part, place: Path, ways: tuple[tuple[signal.Signals, str], ...] = HANGING) -> None:
    """Interrupt a build whose notebook hangs, by Ctrl-C and by SIGTERM, and one whose cell ignores both."""
    for number, (signal_, cell) in enumerate(ways):
        folder = collection(place / f"interrupted-{number}")
        write(folder, "hangs", cell)
        process = started(folder, "build", "hangs")
        assert process.stderr is not None
        for line in process.stderr:
            if "started" in line:
                break
        time.sleep(1)
        os.killpg(process.pid, signal_)
        code, said = ended(process)
        left = strays(process.pid)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        (folder / "notebooks" / "hangs.ipynb").unlink()
        again, _ = ended(started(folder, "build"))
        good = code != 0 and not left and "Traceback" not in said and not again and not leftovers(folder)
        name = "one that ignores signals" if "SIG_IGN" in cell else "a hanging notebook"
        part.add(
            f"{name} ends with {signal_.name}, leaves no process, and the next build is whole", good, 1,
            "" if good else f"exit {code}, {len(left)} left, then exit {again}: {said[-200:]}",
        )  # fmt: skip


def failing_notebooks(part: report.Part, place: Path) -> None:
    """Build a notebook that ends its process, and one that asks for more memory than there is."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))

    for name, cell, told in (
        ("dies", "import os; os._exit(3)", "ended with code 3"),
        ("eats", "held = bytearray(64 << 30)", "MemoryError"),
    ):
        folder = collection(place / name)
        write(folder, name, cell)
        process = started(folder, "build", limit=limit if name == "eats" else None)
        code, said = ended(process)
        left, others = strays(process.pid), (folder / "figures" / "fifth" / "results.json").is_file()
        good = code == 1 and told in said and "Traceback" not in said and not left and others
        part.add(
            f"a notebook that {'ends its process' if name == 'dies' else 'asks for too much memory'} is named; "
            "the others are built",
            good, 1, "" if good else f"exit {code}: {said[-300:]}",
        )  # fmt: skip


def two_at_once(part: report.Part, place: Path) -> None:
    """Start two builds of one collection at once."""
    folder, command = collection(place / "two"), COMMANDS[0]
    whole, _ = undisturbed(folder, command)
    reset(folder)
    both = [started(folder, "build") for _ in range(2)]
    codes = [ended(one)[0] for one in both]
    good = codes == [0, 0] and content(folder, command) == whole and not leftovers(folder)
    part.add("two builds at once give the bytes of one", good, 1, "" if good else f"exit codes {codes}")


def replaced_table(part: report.Part, place: Path, ways: tuple[bool, ...] = (False, True)) -> None:
    """Replace a table before a build reads it, for good and only until it has been read."""
    for back in ways:
        folder, command = collection(place / f"replaced-{back}"), COMMANDS[0]
        signs = {name: place / f"sign-{name}-{back}" for name in ("began", "replaced", "read", "end")}
        write(folder, "waits", MINIMAL.format(stem="waits").replace(
            "scores = study", f"{_meet(signs['began'], signs['replaced'])}scores = study"
        ).replace("fig, ax", f"{_meet(signs['read'], signs['end'])}fig, ax", 1))  # fmt: skip
        table = folder / "data" / "convergence" / "arena_scores.csv"
        old = table.read_text(encoding="utf-8")
        new = old.replace("1503,1503,1502.5,1503.5", "1499,1499,1498.5,1499.5")
        process = started(folder, "build", "waits")
        _await(signs["began"])
        folders.write(table, new)
        signs["replaced"].touch()
        _await(signs["read"])
        if back:
            folders.write(table, old)
        signs["end"].touch()
        code, said = ended(process)
        refused = code == 1 and "changed while it ran" in said and not (folder / "figures" / "waits").exists()
        again, said_again = ended(started(folder, "build"))
        seen = content(folder, command)
        reset(folder)
        fresh, _ = undisturbed(folder, command)
        good = new != old and refused and not again and seen == fresh
        part.add(
            f"a table replaced during a build{' and put back' if back else ''}: no figure of either is taken for good",
            good, 1, "" if good else f"exit {code}, then {again}: {(said + said_again)[-300:]}",
        )  # fmt: skip


def _meet(sign: Path, answer: Path) -> str:
    """Return lines of a cell that give a sign and wait for the answer."""
    return (
        f"import pathlib, time\npathlib.Path({str(sign)!r}).touch()\n"
        f"while not pathlib.Path({str(answer)!r}).exists():\n    time.sleep(0.01)\n"
    )


def _await(sign: Path) -> None:
    while not sign.exists():
        time.sleep(0.01)


@contextmanager
def mounted(folder: Path, kilobytes: int, options: str = "") -> Iterator[bool]:
    """Mount a small file system in memory at a folder; yield whether that is allowed here."""
    folder.mkdir(parents=True, exist_ok=True)
    libc = ctypes.CDLL(None, use_errno=True)
    data = f"size={kilobytes}k{options}".encode()
    done = libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 0, data) == 0
    try:
        yield done
    finally:
        if done:
            libc.umount2(str(folder).encode(), 2)


def grown(folder: Path, kilobytes: int, read_only: bool = False) -> None:
    """Give a mounted file system another size, or take away the right to write."""
    remount = 32 | (1 if read_only else 0)
    ctypes.CDLL(None).mount(b"tmpfs", str(folder).encode(), b"tmpfs", remount, f"size={kilobytes}k".encode())


def on_disk(disk: Path, command: Command) -> dict[str, bytes]:
    """Return what a command left on a disk, under the names that it has in the collection."""
    top = "figures" if command.name == "build" else command.left[0]
    there = disk / "o" / "figures" if command.name == "build" else disk / "o"
    return {f"{top}/{p.relative_to(there).as_posix()}": told(p, command) for p in there.rglob("*") if p.is_file()}


def no_room(part: report.Part, place: Path, sizes: tuple[int, ...] = (16, 64, 150, 220)) -> None:
    """Build, run and sweep into a file system that is full, or may not be written, and then into the same with room."""
    source = collection(place / "room")
    for command in COMMANDS[:3]:
        wrong, tries = [], 0
        whole, _ = undisturbed(source, command)
        reset(source)
        for size in (*sizes, 0):
            disk = place / f"disk-{command.name}-{size}"
            with mounted(disk, size or 65536) as allowed:
                if not allowed:
                    continue
                out = "--into" if command.name == "build" else "--out"
                arguments = (*(a for a in command.arguments if a not in ("--out", "one", "s")), out, f"{disk}/o")
                if not size:
                    grown(disk, 65536, read_only=True)
                code, said = ended(started(source, *arguments))
                if not code and size < sizes[-1] and on_disk(disk, command) != whole:
                    wrong.append(f"{size} kB: exit 0, and not whole")
                if code and ("Traceback" in said or not said.strip()):
                    wrong.append(f"{size or 'read-only'}: {said[-200:]}")
                grown(disk, 65536)
                resumed = command.again if command.name == "sweep" and code and any(disk.glob("o/*")) else ()
                code, said = ended(started(source, *arguments, *resumed))
                seen = on_disk(disk, command)
                if code or seen != whole:
                    names = sorted(name for name in whole.keys() | seen.keys() if whole.get(name) != seen.get(name))
                    wrong.append(f"{size} kB, then room: exit {code}, {names[:3]} {said[-200:] if code else ''}")
                tries += 1
        part.add(
            f"`{command.name}` onto a full or read-only disk says so, and is whole once there is room",
            None if not tries else not wrong, tries, "; ".join(wrong[:2]) or ("" if tries else "no right to mount"),
        )  # fmt: skip


@click.command()
@click.option("--kills", "count", default=25, show_default=True, help="Kills of each of four commands.")
@click.option("--seed", default=2026, show_default=True, help="Seed of the moments.")
@click.option("--minutes", default=60.0, show_default=True, help="Stop killing a command after this time.")
@click.option(
    "--only", default="", help="One of interrupted, failing, two, replaced, room, kills, or a command to kill."
)
def main(count: int, seed: int, minutes: float, only: str) -> None:
    """Disturb commands, and see what is left."""
    with report.part("faults", "Faults", bool(only)) as part, tempfile.TemporaryDirectory() as name:
        place = Path(name)
        trials: dict[str, Callable[[], None]] = {
            "interrupted": lambda: interrupted(part, place),
            "failing": lambda: failing_notebooks(part, place),
            "two": lambda: two_at_once(part, place),
            "replaced": lambda: replaced_table(part, place),
            "room": lambda: no_room(part, place),
        }
        for trial in trials:
            if not only or trial == only:
                trials[trial]()
        killed = tuple(command for command in COMMANDS if only in ("", "kills", command.name))
        kills(part, place, killed, count, seed, minutes)


if __name__ == "__main__":
    main()
