"""The bytes of a file or a URL: with retries, a limit, and a clear word when there is no network."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

from parallelrun.data.rows import visible
from parallelrun.errors import InputError

LARGEST = 64 * 2**20
"""Bytes that are read at most: the largest of the files asked for has a twentieth."""

PATIENCE = 300.0
"""Seconds after which an answer that still comes in is given up."""


KINDS = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a zip archive, such as an Excel file",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    b"<": "a page of HTML or XML",
}
"""What files of other kinds begin with, by their specifications."""


class NotThereError(InputError):
    """The server answers, and has nothing at that address."""


def looks_like(content: bytes) -> str:
    """Return in words what a content looks like that is no JSON: by its first bytes; empty if they do not tell."""
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1000]
    if not begin:
        return "an empty file"
    if kind := next((words for sign, words in KINDS.items() if begin.startswith(sign)), ""):
        return kind
    if min(begin) < ord("\t"):
        return "a binary file"
    return "" if begin[:1] in b"{[" else "a text such as CSV"


def is_url(place: str) -> bool:
    """Whether a place is an address and no path."""
    return place.startswith(("http://", "https://"))


def read(place: str, parameters: dict[str, str] | None = None, key: str | None = None) -> bytes:
    """Return the content of a file, or of what a server answers.

    Parameters
    ----------
    place : str
        Path or URL.
    parameters : dict, optional
        Query of the URL.
    key : str, optional
        Sent as a bearer token with this request, kept nowhere and named in no message.

    Raises
    ------
    InputError
        If the file cannot be read, the server cannot be reached or refuses, or the content is cut off or too large.
    NotThereError
        If the server has nothing at the address.
    """
    return _download(place, parameters or {}, key) if is_url(place) else _read(Path(place))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"--from {path}: cannot be read ({error.strerror})") from None
    _within(content, str(path))
    return content


def _within(content: bytes | bytearray, place: str) -> None:
    if len(content) > LARGEST:
        raise InputError(f"{place}: is larger than {LARGEST // 2**20} MiB, expected a table of that size at most")


def _download(url: str, parameters: dict[str, str], key: str | None) -> bytes:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    again = Retry(
        total=4, backoff_factor=0.25, backoff_jitter=0.1, status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET",), retry_after_max=60, raise_on_status=False,
    )  # fmt: skip
    shown = visible(url.split("?", 1)[0])
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        session.mount("https://", HTTPAdapter(max_retries=again))
        headers = {"Accept": "application/json, */*"} | ({"Authorization": f"Bearer {key}"} if key else {})
        until = time.monotonic() + PATIENCE
        try:
            with session.get(url, params=parameters, headers=headers, stream=True, timeout=(10, 60)) as answer:
                _accept(answer.status_code, shown)
                content = bytearray()
                for piece in answer.iter_content(2**16):
                    content += piece
                    _within(content, shown)
                    if time.monotonic() > until:
                        raise InputError(f"{shown}: was still answering after {PATIENCE:.0f} s; try again later")
        except requests.exceptions.ChunkedEncodingError:
            raise InputError(f"{shown}: the answer was cut off; try again") from None
        except requests.exceptions.RequestException as error:
            raise InputError(
                f"{shown}: cannot be reached ({type(error).__name__}). If this machine is offline, save what is there "
                "from another and name the file with --from"
            ) from None
    return bytes(content)


def _accept(status: int, shown: str) -> None:
    if status in (401, 403):
        raise InputError(f"{shown}: refuses ({status}); is a key needed, and the right one in the environment?")
    if status == 404:
        raise NotThereError(f"{shown}: is not there (404); has the address changed? Name another with --from")
    if status != 200:
        raise InputError(f"{shown}: answers {status}, expected 200; try again later")


def may_have_key(url: str) -> bool:
    """Whether a key may be sent to an address: only over TLS to its own service, or to this machine."""
    parts = urlsplit(url)
    return parts.hostname in ("127.0.0.1", "localhost") or (parts.scheme, parts.hostname) == ("https", "openrouter.ai")
