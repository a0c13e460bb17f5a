"""Make the outline of land below maps from Natural Earth, as the npm package world-atlas has it.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python data/make_land.py package/land-50m.json

The outlines are those of Natural Earth 4.1.0 at 1:50 million (public domain, made with Natural
Earth, naturalearthdata.com), as TopoJSON of Mike Bostock (ISC licence). There are no borders in it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

LAND = Path(__file__).resolve().parents[1] / "netinnov" / "plotting" / "land.npz"
UNIT = 0.002
"""Degrees of a step in the file, some 200 m; the source has steps of 0.0036 by 0.0017."""


def rings(topology: dict[str, Any]) -> list[np.ndarray]:
    """Closed outlines in degrees; those of inland seas run the other way round."""
    scale, origin = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + origin for arc in topology["arcs"]]
    outlines = []
    for shape in topology["objects"]["land"]["geometries"]:
        for polygon in shape["arcs"]:
            for ring in polygon:
                # An arc that is told as ~n is arc n backwards; each begins where the last one ends.
                parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in ring]
                outlines.append(np.concatenate([parts[0], *(part[1:] for part in parts[1:])]))
    return outlines


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the outline of land below maps.")
    parser.add_argument("source", type=Path, help="land-50m.json of world-atlas")
    topology = json.loads(parser.parse_args().source.read_text(encoding="utf-8"))
    outlines = [np.rint(ring / UNIT).astype(np.int32) for ring in rings(topology)]
    lengths = np.array([len(ring) for ring in outlines], np.int32)
    steps = np.diff(np.concatenate(outlines), axis=0, prepend=0).astype(np.int32)
    np.savez_compressed(LAND, lengths=lengths, steps=steps, unit=UNIT)
    size = LAND.stat().st_size
    print(f"{LAND.name}: {len(lengths):,} outlines, {len(steps):,} points, {size:,} bytes")


if __name__ == "__main__":
    main()
