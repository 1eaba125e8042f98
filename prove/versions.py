"""Build with other Pythons and with the lowest and highest allowed dependencies, and compare what is drawn.

Other libraries may draw a line a pixel further left: here plotted data and results must be equal within a tolerance,
and pictures within a root-mean-square distance. Pictures that differ more are kept, with the difference drawn.

Run it with ``python -m prove.versions``; it needs an index of packages, and uses the Pythons that uv finds here.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import pandas as pd
from matplotlib.testing.compare import compare_images
from PIL import Image
from tests.collection import environment

from parallelrun import project
from prove import report
from prove.surroundings import copied

RELATIVE = 1e-6
"""Relative difference of plotted numbers and results that is allowed between versions."""

RMS = 12.0
"""Root-mean-square difference of pixels (of 255) that is allowed between pictures of two versions."""

WANTED = (("3.12", "highest"), ("3.13", "highest"), ("3.14", "highest"), ("3.11", "lowest-direct"), ("3.11", "highest"))


def python(version: str) -> str | None:
    """Return an interpreter of a version that is here; uv is not let to fetch one."""
    uv = Path(sys.executable).parent / "uv"
    found = subprocess.run(
        [str(uv), "python", "find", "--no-python-downloads", version], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or None if found.returncode == 0 else None


def installed(interpreter: str, resolution: str, place: Path) -> Path | str:
    """Return the interpreter of a new environment with what the collection needs; the error if it fails."""
    uv = str(Path(sys.executable).parent / "uv")
    commands = (
        [uv, "venv", "--quiet", "--python", interpreter, str(place)],
        [uv, "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), "--resolution", resolution,
         "--only-binary", ":all:", "-r", str(project.root() / "pyproject.toml")],
    )  # fmt: skip
    for command in commands:
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if finished.returncode:
            return finished.stderr[-800:]
    return place / "bin" / "python"


def build(interpreter: Path | str, place: Path) -> str | None:
    """Build a copy of the collection with an interpreter; return the error, None if it went well."""
    copy = copied(place / "copy")
    metadata(copy)
    env = environment(PYTHONPATH=str(copy / "src"))
    env = {name: value for name, value in env.items() if name != "VIRTUAL_ENV"}
    command = [str(interpreter), "-B", "-m", "parallelrun.cli", "build", "--into", str(place / "out")]
    finished = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
    return finished.stderr[-800:] if finished.returncode else None


def metadata(copy: Path) -> None:
    """Say the package's version in a copy that is not installed."""
    folder = copy / "src" / f"parallel_run-{project.package_version()}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: parallel-run\nVersion: {project.package_version()}\n"
    )


def apart(one: Path, other: Path, kept: Path) -> tuple[list[str], int, float]:
    """Return what differs between two builds' figures, how much was compared, and the largest distance of pictures."""
    wrong, count, furthest = [], 0, 0.0
    for path in sorted(one.rglob("*.*")):
        name = path.relative_to(one)
        match path.suffix, path.name:
            case ".csv", _:
                difference = table_difference(path, other / name)
            case ".json", "results.json":
                difference = results_difference(path, other / name)
            case ".png", _:
                distance = picture_distance(path, other / name, kept)
                furthest = max(furthest, distance)
                difference = f"pictures are {distance:.1f} apart" if distance > RMS else ""
            case _:
                continue
        count += 1
        if difference:
            wrong.append(f"{name}: {difference}")
    return wrong, count, furthest


def table_difference(one: Path, other: Path) -> str:
    """Return how two plotted tables differ by more than the tolerance; empty if they do not."""
    try:
        pd.testing.assert_frame_equal(
            pd.read_csv(one), pd.read_csv(other), check_exact=False, rtol=RELATIVE, check_dtype=False
        )
    except (AssertionError, OSError) as error:
        return " ".join(str(error).split())[:160]
    return ""


def results_difference(one: Path, other: Path) -> str:
    """Return the first result that differs by more than the tolerance; empty if none does."""
    first, second = (json.loads(path.read_text(encoding="utf-8"))["results"] for path in (one, other))
    if [r["name"] for r in first] != [r["name"] for r in second]:
        return "other names of results"
    for a, b in zip(first, second, strict=True):
        for end in ("value", "low", "high"):
            x, y = a[end], b[end]
            if (x is None) != (y is None) or (x is not None and not math.isclose(x, y, rel_tol=RELATIVE)):
                return f"{a['name']}, {end}: {x} and {y}"
    return ""


def picture_distance(one: Path, other: Path, kept: Path) -> float:
    """Return how far apart two pictures are, where both are; keep a picture of the difference.

    A size in centimetres is rounded to a pixel; if sizes differ by more, the distance is infinite.
    """
    with tempfile.TemporaryDirectory() as name, Image.open(one) as first, Image.open(other) as second:
        if max(abs(p - q) for p, q in zip(first.size, second.size, strict=True)) > 1:
            return math.inf
        a, b = Path(name) / "a.png", Path(name) / "b.png"
        for picture, place in ((first, a), (second, b)):
            picture.crop((0, 0, *map(min, first.size, second.size))).save(place)
        found = compare_images(str(a), str(b), RMS, in_decorator=True)
        if not found:
            return 0.0
        target = kept / f"{one.parent.name}-{one.name}"
        kept.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found["diff"], target)
        return float(found["rms"])


@click.command()
@click.option("--only", default="", metavar="VERSION", help="Only this Python, such as 3.12.")
def main(only: str) -> None:
    """Build with other versions, and compare."""
    os.environ["MPLBACKEND"] = "agg"
    with report.part("versions", "Versions", bool(only)) as part:
        for version, resolution in WANTED:
            if only and version != only:
                continue
            words = f"Python {version}, {resolution.removesuffix('-direct')} allowed dependencies"
            interpreter = python(version)
            if interpreter is None:
                part.add(f"{words}: equal within tolerance", None, 0, "this Python is not here")
                continue
            with tempfile.TemporaryDirectory() as name:
                place = Path(name)
                ready = installed(interpreter, resolution, place / "environment")
                error = ready if isinstance(ready, str) else build(ready, place)
                if error:
                    part.add(f"{words}: equal within tolerance", False, 1, " ".join(error.split())[-400:])
                    continue
                wrong, count, furthest = apart(
                    project.root() / "figures",
                    place / "out" / "figures",
                    report.home() / "differences" / f"{version}-{resolution}",
                )
                seen = f"furthest pictures {furthest:.1f} of 255 (RMS)"
                part.add(f"{words}: equal within tolerance", not wrong, count, "; ".join([seen, *wrong[:4]]))


if __name__ == "__main__":
    main()
