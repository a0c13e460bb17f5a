"""What a study of all of OpenAlex needs in time, memory and money, from rates measured here.

    python benchmarks/plan_for_openalex.py --works 30000
    python benchmarks/plan_for_openalex.py --price-hour 2.5 --price-disk 0.1

The first prints the rates of this machine and what follows from them; prices are yours. The formula
is in `plan` and in docs/plan_for_openalex.md.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from large_readers import make_openalex

import netinnov as ni
from netinnov.sources._openalex_files import read_mentions

ALL_WORKS = 2.5e8
UNPACKED = 1.6e12
PACKED = 3.3e11
"""Bytes of the snapshot as text and packed: developers.openalex.org, page "snapshot format"."""

YEARS = 35
REPLICATES = 1000
TRIALS = 5


class Rates(NamedTuple):
    """Seconds of processor time, and bytes, by unit of work."""

    unpack: float
    """Seconds for a byte of text."""
    parse: float
    """Seconds for a work."""
    link: float
    """Seconds for an author's institution: store, select, pair, find moves."""
    build: float
    """Seconds for a link of a network."""
    measure: float
    """Seconds for a link: strength, participation and PageRank."""
    rewire: float
    """Seconds for a link of one null network, at five trials a link."""
    mention_bytes: float
    """Bytes on disk for an author's institution, with what joins spill."""
    link_bytes: float
    """Bytes for a link of a network in memory."""
    building_bytes: float
    """The same at most, while it is built."""


def seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time of a call, and its result."""
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def measured(works: int) -> Rates:
    """Rates on synthetic works, each with three authors at three institutions."""
    folder = Path(tempfile.mkdtemp())
    try:
        make_openalex(folder, works)
        size = 0
        for path in folder.glob("*.jsonl"):
            size += path.stat().st_size
            with path.open("rb") as text, gzip.open(f"{path}.gz", "wb", 6) as packed:
                shutil.copyfileobj(text, packed)
            path.unlink()

        def unpack() -> None:
            for path in folder.iterdir():
                with gzip.open(path) as stream:
                    while stream.read(2**20):
                        pass

        def keep_nothing(_piece: pd.DataFrame) -> None:
            """Only what parsing takes is measured."""

        unpacking, _ = seconds(unpack)
        parsing, _ = seconds(lambda: read_mentions(folder, keep_nothing, keep_nothing, size=2**17))
        temp = folder / "temp"
        temp.mkdir()
        with largest_size(temp) as largest:
            whole, _ = seconds(
                lambda: ni.sources.read_openalex(folder, engine="duckdb", memory="1GB", temp=temp)
            )
    finally:
        shutil.rmtree(folder)
    building, measuring, rewiring, held, most = of_networks()
    return Rates(
        unpacking / size,
        max(parsing - unpacking, 0.0) / works,
        max(whole - parsing, 0.0) / (3 * works),
        building,
        measuring,
        rewiring,
        largest[0] / (3 * works),
        held,
        most,
    )


@contextmanager
def largest_size(folder: Path) -> Iterator[list[int]]:
    """The most that a folder held, looked up ten times a second."""
    largest, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            sizes = []
            for path in folder.rglob("*"):
                with suppress(FileNotFoundError):
                    sizes.append(path.stat().st_size)
            largest[0] = max(largest[0], sum(sizes))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield largest
    finally:
        done.set()
        watcher.join()


def of_networks(n_nodes: int = 20_000, n_links: int = 1_000_000) -> list[float]:
    """Rates of building, measuring and rewiring one network, with all compiled before."""
    rng = np.random.default_rng(1)
    ids = np.array([f"I{i}" for i in range(n_nodes)])

    def make(n: int) -> ni.MultilayerNetwork:
        ends = pd.DataFrame(
            {"layer": "links", "source": ids[rng.integers(n_nodes, size=n)]}
        ).assign(target=ids[rng.integers(n_nodes, size=n)])
        return ni.build_network(pd.DataFrame(index=ids), ends, directed=())

    def measure(network: ni.MultilayerNetwork) -> None:
        ni.centrality.strength(network)
        ni.centrality.participation_coefficient(network)
        ni.centrality.pagerank(network)

    small = make(10_000)
    measure(small)
    ni.null_models.rewire(small, trials=TRIALS, rng=1)
    building, network = seconds(lambda: make(n_links))
    measuring, _ = seconds(lambda: measure(network))
    rewiring, _ = seconds(lambda: ni.null_models.rewire(network, trials=TRIALS, rng=1))
    n = network.n_links
    del network
    tracemalloc.start()
    network = make(n_links)
    _, most = tracemalloc.get_traced_memory()
    measure(network)  # which keeps the links of a node together, in both directions
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return [value / n for value in (building, measuring, rewiring, held, most)]


def plan(rates: Rates, asked: argparse.Namespace) -> pd.DataFrame:
    """Steps with their processor time, hours on all machines, and memory of one."""
    mentions = ALL_WORKS * asked.mentions
    links = ALL_WORKS * asked.mentions * (asked.mentions - 1) / 2
    cores = asked.cores * asked.used
    everywhere, one = cores * asked.machines, cores
    a_year = links / YEARS
    piece = 1e9  # of an institution known, of the rows of a piece and of Python
    steps = [
        ("unpack", UNPACKED * rates.unpack, everywhere, piece),
        ("parse", ALL_WORKS * rates.parse, everywhere, piece),
        ("link institutions", mentions * rates.link, one, asked.memory * 1e9),
        ("build a network a year", links * rates.build, everywhere, a_year * rates.building_bytes),
        ("measure", links * rates.measure, everywhere, 2 * a_year * rates.link_bytes),
        (
            f"{REPLICATES:,} null networks, measured",
            REPLICATES * links * (rates.rewire + rates.measure),
            everywhere,
            asked.cores * 2 * a_year * rates.link_bytes,
        ),
    ]
    table = pd.DataFrame(steps, columns=["step", "seconds", "parallel", "bytes"]).set_index("step")
    table["processor hours"] = table["seconds"] / 3600
    table["hours"] = table["processor hours"] / table["parallel"]
    table["GB in a machine"] = table["bytes"] / 1e9
    return table[["processor hours", "hours", "GB in a machine"]]


def main() -> None:
    """Measure, plan, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=30_000, help="synthetic works to measure on")
    parser.add_argument("--mentions", type=float, default=3.0, help="institutions named by a work")
    parser.add_argument("--machines", type=int, default=10)
    parser.add_argument("--cores", type=int, default=8, help="of a machine")
    parser.add_argument("--used", type=float, default=0.7, help="share of the cores that works")
    parser.add_argument("--memory", type=float, default=32.0, help="GB of a machine for DuckDB")
    parser.add_argument("--price-hour", type=float, help="of a machine")
    parser.add_argument("--price-disk", type=float, help="of 1 GB of disk in a month")
    asked = parser.parse_args()
    rates = measured(asked.works)
    print("Rates of this machine:\n")
    for name, value in rates._asdict().items():
        unit = "bytes" if name.endswith("_bytes") else "s"
        print(f"- {name}: {value:.3g} {unit}")
    table = plan(rates, asked)
    print(f"\n{asked.machines} machines of {asked.cores} cores:\n")
    print(table.to_string(float_format=lambda value: f"{value:,.3g}"))
    hours = table["hours"].sum()
    disk = (PACKED + ALL_WORKS * asked.mentions * rates.mention_bytes) / 1e9
    print(f"\nin all {hours:,.3g} hours, {disk:,.0f} GB of disk")
    if asked.price_hour is not None:
        money = hours * asked.machines * asked.price_hour
        money += (asked.price_disk or 0.0) * disk
        print(f"at your prices: {money:,.0f}, disk for a month")


if __name__ == "__main__":
    main()
