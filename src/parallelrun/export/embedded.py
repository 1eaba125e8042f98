"""What a figure's file says of itself, what of it is the drawing, and the figures inside documents."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from parallelrun.study.figures import EPS_COMMENT

if TYPE_CHECKING:
    from pypdf import PdfReader

DUBLIN = "{http://purl.org/dc/elements/1.1/}"


@dataclass(frozen=True)
class Told:
    """What a file says of itself: its format, and its provenance with title and alt text; None if it says nothing."""

    kind: str
    provenance: dict[str, Any] | None
    fault: str = ""


def kind_of(content: bytes) -> str:
    """Return the format of a file by its first bytes, whatever it is called; empty if it is none of ours."""
    head = content[:1024].lstrip()
    for kind, begins in {"png": b"\x89PNG", "pdf": b"%PDF", "eps": b"%!PS", "docx": b"PK\x03\x04"}.items():
        if head.startswith(begins):
            return kind
    return "svg" if b"<svg" in content[:4096] else ""


def read(content: bytes) -> Told:
    """Return what a file says of itself; a damaged one says why it cannot be read."""
    kind = kind_of(content)
    if kind not in _READERS:
        return Told(kind, None, "" if kind else "is no SVG, PDF, PNG or EPS file")
    try:
        words = _READERS[kind](content)
        told = json.loads(words) if words else None
    except Exception as error:  # whatever a damaged file makes a reader raise
        return Told(kind, None, f"its {kind.upper()} cannot be read: {type(error).__name__}: {error}"[:200])
    if not isinstance(told, dict) or told.get("project") != "parallel-run":
        return Told(kind, None)
    if not (isinstance(told.get("parameters"), dict) and isinstance(told.get("inputs"), dict)):
        return Told(kind, None, "its provenance has no parameters or no inputs")
    return Told(kind, told)


def _of_svg(content: bytes) -> str | None:
    root = ElementTree.fromstring(content)
    source = root.find(f".//{DUBLIN}source")
    words = None if source is None else "".join(source.itertext()).strip()
    if not words:
        return None
    told = json.loads(words)
    name = (root.get("aria-labelledby") or "").partition("-title")[0]
    return json.dumps(({"figure": name} if name else {}) | told)


def _of_png(content: bytes) -> str | None:
    from PIL import Image

    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        return getattr(picture, "text", {}).get("Source")


def _pdf(content: bytes) -> PdfReader:
    """Return a reader of a PDF that keeps what it thinks of a damaged one to itself."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    return PdfReader(io.BytesIO(content))


def _of_pdf(content: bytes) -> str | None:
    noted = _pdf(content).metadata
    words = str(noted.get("/Keywords", "")) if noted else ""
    return words if words.startswith("{") else None


def _of_eps(content: bytes) -> str | None:
    lines = re.findall(rb"^" + EPS_COMMENT.encode() + rb"(\S+)", content, re.MULTILINE)
    return base64.b64decode(b"".join(lines), validate=True).decode() if lines else None


_READERS = {"svg": _of_svg, "png": _of_png, "pdf": _of_pdf, "eps": _of_eps}


def drawing(content: bytes) -> list[bytes]:
    """Return the parts of a file that are the drawing, without its words: pixels, elements or operators.

    Two files with equal parts show the same picture.
    """
    kind = kind_of(content)
    if kind == "png":
        from PIL import Image

        with Image.open(io.BytesIO(content)) as picture:
            wide = 3 * picture.width
            pixels = picture.convert("RGB").tobytes()
        return [pixels[start : start + wide] for start in range(0, len(pixels), wide)]
    if kind == "pdf":
        parts: list[bytes] = []
        for page in _pdf(content).pages:
            if (contents := page.get_contents()) is not None:
                parts += contents.get_data().splitlines()
        return parts
    if kind == "svg":
        words = rb"<metadata>.*?</metadata>|<title .*?</title>|<desc .*?</desc>|<!--.*?-->"
        bare = re.sub(words, b"", content, flags=re.DOTALL)
        return re.sub(rb' aria-labelledby="[^"]*"', b"", bare).splitlines()
    return [line for line in content.splitlines() if not line.startswith((b"%%Title", EPS_COMMENT.encode()))]


def print_of(content: bytes) -> str:
    """Return a digest of a file's drawing."""
    return _digest(drawing(content))


def _digest(parts: list[bytes]) -> str:
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


@dataclass(frozen=True)
class Inside:
    """A figure inside a document: where it is, and either its file, the digest of its drawing, or its alt text."""

    where: str
    content: bytes | None = None
    print: str = ""
    alt: str = ""


def inside(path: Path) -> Iterator[Inside]:
    """Yield the figures inside a document.

    Of a Word document the pictures, whose files are kept whole; of a PDF the pictures and the PDFs that were placed on
    its pages, which keep their drawing and lose their words, and the alternative texts of whatever has one.
    """
    content = path.read_bytes()
    if kind_of(content) == "docx":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name in package.namelist():
                if name.startswith("word/media/"):
                    yield Inside(name, content=package.read(name))
    elif kind_of(content) == "pdf":
        yield from _inside_pdf(content)


def _inside_pdf(content: bytes) -> Iterator[Inside]:
    from pypdf.generic import DictionaryObject, StreamObject

    reader = _pdf(content)
    for number in range(1, int(str(reader.trailer["/Size"]))):
        try:
            thing = reader.get_object(number)
        except Exception:  # an object that is free, or damaged
            continue
        if isinstance(thing, StreamObject) and thing.get("/Subtype") == "/Form":
            yield Inside(f"object {number}", print=_digest(thing.get_data().splitlines()))
        elif isinstance(thing, StreamObject) and thing.get("/Subtype") == "/Image":
            yield Inside(f"object {number}", print=_pixels(thing))
        elif isinstance(thing, DictionaryObject) and "/Alt" in thing:
            yield Inside(f"object {number}", alt=str(thing["/Alt"]))


def _pixels(image: Any) -> str:
    """Return the digest of an image's pixels, as `drawing` gives them; empty if they cannot be had."""
    try:
        picture = image.decode_as_image().convert("RGB")
    except Exception:  # a filter or colour space that pypdf does not know
        return ""
    pixels, wide = picture.tobytes(), 3 * picture.width
    return _digest([pixels[start : start + wide] for start in range(0, len(pixels), wide)])
