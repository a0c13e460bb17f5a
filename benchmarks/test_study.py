"""The bundled case, from its tables to the report."""

from __future__ import annotations

import json
import shutil
from unittest.mock import patch

from netinnov import study
from netinnov.study import _drawings
from netinnov.study._configuration import parts


def test_figures_drawn_beside_the_computation(in_turns, tmp_path):
    """A second process that draws, and none; what the report takes once all is computed."""
    configuration = study.read_configuration()
    if not in_turns.measured:
        left_out = dict.fromkeys(parts(), False)
        configuration = study.configure({"data": {"source": "yrd"}, **left_out})

    def run(processors):
        out = tmp_path / str(processors)
        shutil.rmtree(out, ignore_errors=True)
        with patch.object(_drawings, "workers", lambda _: processors):
            study.run(configuration, out=out)

    found = in_turns({"a second process": lambda: run(2), "one process": lambda: run(1)}, rounds=3)
    for processors in (1, 2):
        text = (tmp_path / str(processors) / "manifest.json").read_text(encoding="utf-8")
        seconds = json.loads(text)["seconds"]
        print(f"{processors}: {sum(seconds.values()):.1f} s, the report {seconds['report']:.1f} s")
    if in_turns.measured:
        assert sum(seconds.values()) <= 30
        assert seconds["report"] <= 6
        assert found["a second process"] <= 0.8 * found["one process"]
