"""Numbers that publications print, computed again: by topic, with sources, data and tolerances.

Run ``python examples/published_numbers.py FOLDER DATA``. FOLDER (by default ``published_numbers``)
takes ``published_numbers.md``; ``docs`` renews it in the repository. DATA is the folder with
``multiplex_benchmarks`` (by default ``../shared/data`` beside the repository); without it nothing
is written. The rows are in ``published/``, the text in ``published_numbers.md`` beside this script.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from _pages import fill, listed, markdown, missing
from published import closed_forms, games, networks, regions
from published.references import AT_HAND, SOURCES
from published.rows import Row, Topic, decimals, value

FILES = ["multiplex_benchmarks/aucs.mpx"]
HERE = Path(__file__).parent


def topics(data: Path) -> list[Topic]:
    """All topics in the order of the page."""
    classic, communities = networks.TOPICS
    layers = networks.multiplex(data)
    return [*regions.TOPICS, *games.TOPICS, classic, layers, communities, *closed_forms.TOPICS]


def outside(row: Row, computed: list[float]) -> list[str]:
    """The printed numbers that are farther from the computed ones than the source allows."""
    if len(computed) != len(row.printed):
        return row.printed
    pairs = zip(row.printed, computed, strict=True)
    return [text for text, number in pairs if not abs(number - value(text)) <= row.bound(text)]


def shown(text: str, number: float) -> str:
    """A computed number with one digit more than the source prints, or six."""
    return f"{number:.{decimals(text) + 1}f}" if "." in text else f"{number:.6g}"


def allowed(row: Row) -> str:
    if row.tolerance is None and "." not in row.published:
        return row.reason
    bounds = sorted({f"{row.bound(text):.1g}" for text in row.printed}, key=float)
    return f"{listed(bounds)} ({row.reason})"


def parts(topic: Topic, first: int) -> Iterator[str]:
    """Heading, text, tables and calls; raises where a number is outside its tolerance."""
    names = topic.names()
    rows, readings, calls = [], [], []
    for number, row in enumerate(topic.rows, first):
        computed = row.compute(names)
        if outside(row, computed):
            raise ArithmeticError(f"{row.quantity}: {row.published} is printed, not {computed}")
        pairs = zip(row.printed, computed, strict=True)
        values = ", ".join(shown(*pair) for pair in pairs)
        place = f"{row.source}: {row.place}"
        rows.append([number, row.quantity, row.published, values, allowed(row), place])
        calls.append(f"# {number}\n{row.call}")
        if row.reading is not None:
            other = ", ".join(f"{x:.4g}" for x in row.compute(names, row.reading.call))
            readings.append([number, row.reading.source, row.reading.other, other])
            calls.append(f"# {number}, other reading\n{row.reading.call}")
    yield f"## {topic.title}"
    yield topic.text
    yield markdown(["no", "quantity", "published", "computed", "tolerance", "source"], rows)
    if readings:
        yield "Other readings of the same words:"
        yield markdown(["no", "reading of the source", "other reading", "gives"], readings)
    yield "\n".join(["```python", *calls, "```"])


def main(folder: str | Path = "published_numbers", data: str | Path | None = None) -> None:
    """Compute all rows, compare them, and write the page."""
    data = Path(data or HERE.parents[1] / "shared" / "data")
    if missing(data, FILES):
        return
    every = topics(data)
    rows = [row for topic in every for row in topic.rows]
    firsts = accumulate((len(topic.rows) for topic in every[:-1]), initial=1)
    blocks = [part for pair in zip(every, firsts, strict=True) for part in parts(*pair)]
    used = {row.source for row in rows}
    values = {
        "numbers": sum(len(row.printed) for row in rows),
        "sources": len(used),
        "at_hand": listed(AT_HAND).replace(", ", "; "),
        "topics": "\n\n".join(blocks),
        "references": "\n".join(f"- **{name}**: {SOURCES[name]}." for name in sorted(used)),
    }
    fill(HERE / "published_numbers.md", values, Path(folder) / "published_numbers.md")


if __name__ == "__main__":
    main(*sys.argv[1:])
