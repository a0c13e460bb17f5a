"""Land and sea below a map: outlines of Natural Earth, without borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from netinnov._coast import land_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LAND, SEA, COAST = "#fbfaf6", "#e3ebf0", "#a9b6be"


def draw_land(ax: Axes) -> None:
    """Fill the sea of a map, and on it the land, below all else."""
    ax.set_facecolor(SEA)
    corners, codes = [], []
    for outline in land_in((*ax.get_xlim(), *ax.get_ylim())):
        corners.append(np.vstack([outline, outline[:1]]))
        codes.append([Path.MOVETO, *[Path.LINETO] * (len(outline) - 1), Path.CLOSEPOLY])
    if corners:
        path = Path(np.concatenate(corners), np.concatenate(codes))
        land = PathPatch(path, facecolor=LAND, edgecolor=COAST, linewidth=0.4, zorder=0, gid="land")
        land.set_clip_path(ax.patch)
        ax.add_artist(land)
