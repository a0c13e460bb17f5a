"""The bundled case, from its tables to the report, in one language and in two."""

from __future__ import annotations

import json
import shutil

from netinnov import study
from netinnov.study._configuration import parts


def test_a_second_language_costs_a_second_page(in_turns, tmp_path):
    settings = study.read_configuration().model_dump(exclude_unset=True)
    if not in_turns.measured:
        settings = {"data": {"source": "yrd"}, **dict.fromkeys(parts(), False)}

    def run(language):
        out = tmp_path / language
        shutil.rmtree(out, ignore_errors=True)
        study.run(study.configure(settings | {"language": language}), out=out)

    calls = {"two languages": lambda: run("en,zh"), "one": lambda: run("en")}
    in_turns(calls, rounds=1, floors={"one": 1 / 1.6})  # all is computed once
    for language in ("en", "en,zh"):
        text = (tmp_path / language / "manifest.json").read_text(encoding="utf-8")
        seconds = json.loads(text)["seconds"]
        print(f"{language}: {sum(seconds.values()):.1f} s, report {seconds['report']:.1f} s")
    pages = {path.name for path in (tmp_path / "en,zh").glob("report*.html")}
    assert pages == {"report.html", "report.zh.html"}
