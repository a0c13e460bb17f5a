"""Draw the figures of the tutorials by the code of their pages.

Run ``python examples/tutorials.py docs/figures`` to renew those in the repository; without an
argument they go to ``figures`` below the folder you are in.
"""

from __future__ import annotations

import sys
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from _pages import save
from _tutorials import TUTORIALS, parts
from matplotlib.axes import Axes

from netinnov.plotting import print_style

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "figures").resolve()
for page in TUTORIALS:
    names = {}
    with TemporaryDirectory() as empty, chdir(empty), print_style():
        for part in parts(page):
            if not isinstance(part, str):
                exec(part.source, names)
    for name, value in names.items():
        if isinstance(value, Axes):
            save(value.figure, folder, f"tutorial_{page.stem}_{name}")
