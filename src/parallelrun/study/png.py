"""Pixels as PNG, packed as they are.

Pillow tries five filters on each line before it packs it, which is made for photographs: on flat colours the filtered
lines take eight times as long, and the file is a sixth larger. zlib-ng comes with its own code, so that the bytes do
not depend on a system's zlib.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping

import numpy as np
from PIL.PngImagePlugin import PngInfo, putchunk
from zlib_ng import zlib_ng

LEVEL = 4
"""Of compression: higher ones take longer and save less than a twentieth."""

INCH = 0.0254
"""Metres."""


def encoded(pixels: np.ndarray, texts: Mapping[str, str], dpi: int) -> bytes:
    """Return pixels as a PNG of eight bits a channel, without transparency.

    Parameters
    ----------
    pixels : numpy.ndarray of uint8, shape (height, width, 3)
        Red, green and blue.
    texts : mapping of str to str
        International texts by keyword (ISO/IEC 15948, iTXt).
    dpi : int
        Dots per inch.
    """
    height, width, channels = pixels.shape
    lines = np.zeros((height, 1 + width * channels), np.uint8)  # each begins with the number of its filter: none
    lines[:, 1:] = pixels.reshape(height, -1)
    told = PngInfo()
    for keyword, words in texts.items():
        told.add_itxt(keyword, words)
    out = io.BytesIO()
    out.write(b"\x89PNG\r\n\x1a\n")
    putchunk(out, b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    putchunk(out, b"pHYs", struct.pack(">IIB", round(dpi / INCH), round(dpi / INCH), 1))
    for chunk in told.chunks:
        putchunk(out, chunk[0], chunk[1])
    putchunk(out, b"IDAT", zlib_ng.compress(lines, LEVEL))
    putchunk(out, b"IEND", b"")
    return out.getvalue()
