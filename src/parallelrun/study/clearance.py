"""What a label should keep clear of: lines, whiskers and marks, other labels, and the edge of its axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.transforms import Bbox

Floats = npt.NDArray[np.float64]


def along_lines(axes: Axes, step: float) -> Floats:
    """Return points in pixels along the lines and whiskers of some axes, and at marks, shape (n, 2), a step apart."""
    paths = [(line.get_transform().transform(line.get_xydata()), line.get_linestyle() != "None") for line in axes.lines]
    for whisker in axes.collections:
        if isinstance(whisker, LineCollection):
            paths += [(whisker.get_transform().transform(part), True) for part in whisker.get_segments()]
    found = [np.empty((0, 2))]
    for corners, joined in paths:
        corners = corners[np.isfinite(corners).all(axis=1)]
        if not joined:
            found += [corners + np.array(shift) * step for shift in ((-1, -1), (-1, 1), (0, 0), (1, -1), (1, 1))]
        elif len(corners) > 1:
            along = np.append(0.0, np.hypot(*np.diff(corners, axis=0).T).cumsum())
            at = np.arange(0.0, along[-1], step)
            found.append(np.column_stack([np.interp(at, along, corners[:, k]) for k in (0, 1)]))
    return np.concatenate(found)


def common(one: Bbox, other: Bbox) -> float:
    """Return the area that two boxes have in common, in square pixels."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return max(wide, 0.0) * max(high, 0.0)


def beyond(box: Any, frame: Any) -> float:
    """Return how much of a box's area lies outside a frame, in square pixels."""
    return box.width * box.height - common(box, frame)
