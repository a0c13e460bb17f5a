"""Null models of several programs in state spaces that are known: docs/null_models_compared.md.

python benchmarks/null_models/run.py        about five minutes; README.md says what it needs
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import os
import platform
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "null_models")]

import test_relocate  # noqa: E402
from programs import PROGRAMS, Layers, Links, Program  # noqa: E402

from state_spaces import DIRECTED, SPACES, TABLES, UNDIRECTED  # noqa: E402

SEED = 1
UNIFORM = 1e-3  # p from which draws count as uniform
PAGE = ROOT / "docs" / "null_models_compared.md"
FORMS = {"undirected": UNDIRECTED, "directed": DIRECTED, "two-mode": TABLES}


class Visits(NamedTuple):
    """How often a program came to each graph that it should come to."""

    draws: int
    counts: list[int]
    refused: bool = False

    @property
    def outside(self) -> float:
        return 1 - sum(self.counts) / self.draws

    @property
    def p(self) -> float:
        if len(self.counts) == 1:
            return 1.0
        return float(stats.chisquare(self.counts).pvalue) if sum(self.counts) else 0.0

    def uniform(self, exact: bool = True) -> bool:
        return not self.refused and (self.outside == 0 or not exact) and self.p > UNIFORM

    def cell(self) -> str:
        """p, or what is worse: draws of other graphs, graphs that are never drawn."""
        if self.refused:
            return "refused"
        missed, states = self.counts.count(0), len(self.counts)
        if states == 1 and not self.outside:
            return "stays"
        notes = [f"{100 * self.outside:.0f} % elsewhere"] if self.outside else []
        notes += [f"{missed} of {states} never"] if missed and self.p <= UNIFORM else []
        low = "< 10⁻⁶" if self.p < 1e-6 else "< 0.001"
        return ", ".join([*notes, f"{self.p:.3f}" if self.p > UNIFORM else low])


def visits(found: Counter, possible: Iterable, draws: int) -> Visits:
    possible = list(possible)
    return Visits(draws, [found[state] for state in possible])


def of_netinnov(draws: int | None) -> dict[str, dict[str, Visits]]:
    """By function: the chains of the tests, prepared once a space."""
    rows: dict[str, dict[str, Visits]] = {"degree": {}, "more": {}, "two-mode": {}, "places": {}}
    for name, space in {**SPACES, **TABLES}.items():
        plain = name in UNDIRECTED or name in DIRECTED
        row = "two-mode" if name in TABLES else "degree" if plain else "more"
        fewer = space if draws is None else replace(space, draws=draws)
        rows[row][name] = visits(fewer.visits(SEED), space.graphs(), fewer.draws)
    for name, (rows_of_case, null) in test_relocate.CASES.items():
        possible = test_relocate.arrangements(rows_of_case, null)
        times = draws or 30 * len(possible) + 500
        found = test_relocate.visits(rows_of_case, null, times)
        rows["places"][name] = visits(found, possible, times)
    return rows


def of_program(program: Program, draws: int) -> dict[str, Visits]:
    found = {}
    for form in program.forms:
        for name, space in FORMS[form].items():
            found[name] = _visits(program, space, form, draws)
    return found


def _visits(program: Program, space, form: str, draws: int) -> Visits:
    possible = space.graphs()
    n = getattr(space, "n", 0) or sum(space.sizes)
    shift = space.sizes[0] if form == "two-mode" else 0
    links = [(a, b + shift, 1.0) for a, b in space.links]
    layers = Layers(n, form == "directed", {"x": links}, [""] * n, [""] * n, form == "two-mode")
    counts: Counter = Counter()
    try:
        built = program.build(layers)
        for seed in range(draws):
            (drawn,) = program.links(program.draw(built, seed)).values()
            pairs = [(a, b) for a, b, _ in drawn]
            if form == "undirected":
                pairs = [(min(pair), max(pair)) for pair in pairs]
            whole = len({*pairs}) == len(pairs)  # no link twice
            counts[frozenset((a, b - shift) for a, b in pairs) if whole else None] += 1
    except Exception as error:  # whatever a program raises is its answer
        print(f"  {error}", flush=True)
        return Visits(1, [0] * len(possible), refused=True)
    return visits(counts, possible, draws)


def sample(program: Program, n: int, size: int, names: Iterable[str]) -> Layers:
    """Random layers with weights, kinds and places, in the first form that a program takes."""
    rng, form = np.random.default_rng(SEED), program.forms[0]
    rows = n // 3
    held: dict[str, Links] = {}
    for name in names:
        pairs: dict[tuple[int, int], float] = {}
        while len(pairs) < size:
            a, b = (int(at) for at in rng.integers(0, n, 2))
            if form == "two-mode":
                a, b = a % rows, rows + b % (n - rows)
            elif form == "undirected":
                a, b = min(a, b), max(a, b)
            if a != b:
                pairs.setdefault((a, b), float(rng.lognormal()))
        held[name] = [(a, b, weight) for (a, b), weight in pairs.items()]
    kinds = [["firm", "park", "talent"][at % 3] for at in range(n)]
    if form == "two-mode":
        kinds = ["firm"] * rows + ["park"] * (n - rows)
    places = [f"p{5 * at // n}" for at in range(n)]
    return Layers(n, form == "directed", held, kinds, places, form == "two-mode")


class Kept(NamedTuple):
    names: str
    moved: float


def kept(program: Program) -> Kept:
    layers = sample(program, 60, 150, ["x", "y"])
    after: dict[str, Links] = {}
    if program.one_layer:
        for name, links in layers.links.items():
            built = program.build(layers._replace(links={name: links}))
            (after[name],) = program.links(program.draw(built, SEED)).values()
    else:
        after = program.links(program.draw(program.build(layers), SEED))
    before = layers.links

    def same(count) -> bool:
        return {name: count(links) for name, links in before.items()} == {
            name: count(links) for name, links in after.items()
        }

    def pair(a, b):
        return (a, b) if layers.directed or layers.two_mode or a <= b else (b, a)

    def ends(links: Links):
        out = Counter(a for a, _, _ in links)
        into = Counter(b for _, b, _ in links)
        return (out, into) if layers.directed or layers.two_mode else out + into

    def classes(of: list[str]) -> bool:
        return same(lambda links: Counter(pair(of[a], of[b]) for a, b, _ in links))

    old = {(name, *pair(a, b)) for name, links in before.items() for a, b, _ in links}
    new = {(name, *pair(a, b)) for name, links in after.items() for a, b, _ in links}
    stay = {
        "layers (one by one)" if program.one_layer else "layers": same(ends),
        "weights": same(lambda links: sorted(-1.0 if w is None else w for _, _, w in links)),
        "kinds": classes(layers.kinds),
        "places": classes(layers.places),
    }
    names = ", ".join(name for name, stays in stay.items() if stays)
    return Kept(names or "none", len(new - old) / len(new))


def microseconds(program: Program) -> float | None:
    """Processor time of a try to swap, conversions left out; the best of up to five calls."""
    if program.swaps is None:
        return None
    layers = sample(program, 1_000, 5_000, ["x"])
    built, times = program.build(layers), list[float]()
    while len(times) < 6 and sum(times) < 2:
        start = time.process_time()
        program.draw(built, None)
        times.append(time.process_time() - start)
    return 1e6 * min(times) / program.swaps(layers)


Cells = dict[str, dict[str, Visits]]  # by call and state space


def compared(draws: int | None, timed: bool) -> tuple[list[list[str]], Cells]:
    """Rows of the table, and what is behind its column "uniform"."""
    rows: list[list[str]] = []
    own = of_netinnov(draws)
    held: Cells = {"netinnov": {**own["degree"], **own["two-mode"]}}
    keys = iter(("degree", "more", "two-mode"))
    for package, make in PROGRAMS.items():
        try:
            version = importlib.metadata.version(package)
            programs = make()
        except ImportError as error:
            missing = isinstance(error, importlib.metadata.PackageNotFoundError)
            reason = "could not be installed" if missing else f"could not be imported: {error}"
            rows.append([package, reason, *[""] * 4])
            continue
        if isinstance(programs, str):
            rows.append([f"{package} {version}", programs, *[""] * 4])
            continue
        for program in programs:
            print(package, program.function, flush=True)
            if package == "netinnov":
                cells = own[next(keys)]
            else:
                cells = of_program(program, min(draws or program.draws, program.draws))
                held.setdefault(f"{package} {program.column}".strip(), {}).update(cells)
            speed = microseconds(program) if timed else None
            what = kept(program)
            rows.append([
                f"{package} {version}", f"{program.function}: {program.note}",
                uniform(cells, program.exact), what.names, f"{100 * what.moved:.0f} %",
                "" if speed is None else f"{speed:.2g}",
            ])  # fmt: skip
        if package == "netinnov":
            note = "`Relocate`: deals the places of nodes again, links stay"
            known = ["layers, weights, kinds, nodes in each place", "", ""]
            rows.append([f"{package} {version}", note, uniform(own["places"]), *known])
    held["more"], held["places"] = own["more"], own["places"]
    return rows, held


def uniform(cells: dict[str, Visits], exact: bool = True) -> str:
    even = sum(each.uniform(exact) for each in cells.values())
    refused = sum(each.refused for each in cells.values())
    return f"{even} of {len(cells)}" + (f" (refuses {refused})" if refused else "")


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


HEADS = ["program", "call, and what it counts", "uniform", "kept", "moved", "µs per swap"]


def page(rows: list[list[str]], held: Cells) -> str:
    alone = {name: held.pop(name) for name in ("more", "places")}
    spaces = [name for form in FORMS.values() for name in form]
    calls = list(held)
    parts = [calls[at : at + 3] for at in range(0, len(calls), 3)]  # as wide as a page
    values = [
        table(
            ["state space", "graphs", *part],
            [
                [name, str(len(held["netinnov"][name].counts))]
                + [held[call][name].cell() if name in held[call] else "" for call in part]
                for name in spaces
            ],
        )
        for part in parts
    ]
    ours = [
        [call, name, str(len(each.counts)), f"{each.draws:,}", each.cell()]
        for call, cells in zip(("`rewire`", "`Relocate`"), alone.values(), strict=True)
        for name, each in cells.items()
    ]
    machine = f"a machine with {os.cpu_count()} processors ({platform.machine()})"
    text = (Path(__file__).parent / "page.md").read_text("utf-8")
    return text.format(
        table=table(HEADS, rows),
        values="\n\n".join(values),
        ours=table(["call", "state space", "graphs", "draws", "p"], ours),
        seed=SEED,
        date=f"{dt.date.today():%-d %B %Y}",
        machine=machine,
        python=platform.python_version(),
    )


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, help="from each state space, for a quick look")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page to write")
    asked = parser.parse_args(argv)
    warnings.simplefilter("ignore")  # of the other programs
    begin = time.perf_counter()
    asked.out.write_text(page(*compared(asked.draws, timed=asked.draws is None)), "utf-8")
    print(f"{asked.out} written in {(time.perf_counter() - begin) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
