"""Fewer points of a curve that still look like it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def largest_triangle(values: NDArray[np.float64], max_points: int) -> NDArray[np.intp]:
    """Return the positions of the points to keep, first and last included.

    Parameters
    ----------
    values : ndarray of shape (n_points,)
        A curve over equally spaced positions.
    max_points : int
        How many points to keep, at least 3; all are kept when there are fewer.

    Returns
    -------
    ndarray of shape (min(n_points, max_points),)
        Strictly increasing positions.

    Notes
    -----
    Largest-Triangle-Three-Buckets: the inner points are cut into ``max_points - 2``
    buckets, and of each bucket the point is kept that spans the largest triangle
    with the point kept before and the mean of the next bucket [1]_.

    References
    ----------
    .. [1] Steinarsson, S. (2013). Downsampling Time Series for Visual
       Representation. University of Iceland.
    """
    size = values.size
    if size <= max_points:
        return np.arange(size)
    edges = np.linspace(1, size - 1, max_points - 1).astype(np.intp)
    means = np.add.reduceat(values, edges[:-1])
    counts = np.diff(edges)
    # reduceat runs its last bucket to the end; take the last point off again.
    means[-1] -= values[-1]
    next_x = np.append((edges[:-1] + edges[1:] - 1) / 2.0, size - 1.0)[1:]
    next_y = np.append(means / counts, values[-1])[1:]
    kept = np.zeros(max_points, dtype=np.intp)
    kept[-1] = size - 1
    for bucket in range(max_points - 2):
        start, stop = edges[bucket], edges[bucket + 1]
        x, y = kept[bucket], values[kept[bucket]]
        area = np.abs(
            (x - next_x[bucket]) * (values[start:stop] - y)
            - (x - np.arange(start, stop)) * (next_y[bucket] - y)
        )
        kept[bucket + 1] = start + int(area.argmax())
    return kept
