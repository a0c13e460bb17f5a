"""Which name or keyword is meant by one that is not there, by `other_programs.toml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path

HANDED_ON = r"\b(\w+) as \1\b"  # how a package imports what is public from its files


@cache
def words(part: str) -> dict[str, str]:
    """A part of the words of other programs: ours, and theirs with blanks between."""
    import tomllib  # for messages only

    text = Path(__file__).with_name("other_programs.toml").read_text("utf-8")
    theirs: dict[str, str] = tomllib.loads(text)[part]
    return theirs


@cache
def ours(part: str) -> dict[str, str]:
    """For each word of other programs, what is ours."""
    return {word: name for name, theirs in words(part).items() for word in theirs.split()}


def missing_name(module: str, name: str, known: Iterable[str]) -> AttributeError:
    return no_attribute(f"module {module!r}", name, known, _meant(name, method=False))


def missing_attribute(owner: str, name: str, known: Iterable[str]) -> AttributeError:
    return no_attribute(owner, name, known, _meant(name, method=True))


def _meant(name: str, *, method: bool) -> str | None:
    """What is written for a name of netinnov or of another program."""
    if name.startswith("_"):
        return None
    if way := ours("ways").get(name):
        return way
    if home := ours("names").get(name) or homes().get(name):
        return f"write netinnov.{home}(network)" if method else f"use netinnov.{home}"
    if name.startswith(("read_", "Read_")):
        return "write netinnov.read_network(path)"

    from inspect import signature

    import networkx as nx
    import pandas as pd

    if method and hasattr(pd.DataFrame, name):
        return f"network.nodes and network.links are DataFrames: write network.links.{name}"
    for module, path in ((nx, "networkx"), (nx.community, "networkx.community")):
        if callable(function := getattr(module, name, None)):
            if next(iter(signature(function).parameters), "") in ("G", "graph"):
                return f"write {path}.{name}(netinnov.io.to_networkx(network))"
            return f"write netinnov.io.from_networkx({path}.{name}(...))"
    if hasattr(import_module("igraph").Graph, name):  # only its names
        made = f"netinnov.io.from_igraph(igraph.Graph.{name}(...))"
        return f"write {made if name[0].isupper() else f'netinnov.io.to_igraph(network).{name}()'}"
    return None


def no_attribute(owner: str, name: str, known: Iterable[str], meant: str | None) -> AttributeError:
    near = [] if meant or name.startswith("_") else get_close_matches(name, list(known), 1, 0.7)
    hint = f" (did you mean {near[0]!r}?)" if near else f"; {meant}." if meant else ""
    return AttributeError(f"{owner} has no attribute {name!r}{hint}")


@cache
def homes() -> dict[str, str]:
    """Path of each public name, read from the files without importing them."""
    package = Path(__file__).parents[1]
    homes_by_name: dict[str, str] = {}
    for path in sorted(package.rglob("*.py"), key=lambda path: len(path.parts)):
        parts = list(path.relative_to(package).with_suffix("").parts)
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        text = path.read_text(encoding="utf-8")
        listed = re.search(r"^__all__ = \[(.*?)\]", text, re.M | re.S)
        private = any(part.startswith("_") for part in parts) or "sections" in parts
        names = re.findall(r'"(\w+)"', listed[1]) if listed else re.findall(HANDED_ON, text)
        if parts and not private:
            for name in names:
                homes_by_name.setdefault(name, ".".join([*parts, name]))
    return homes_by_name


def wrong_keyword(function: Callable[..., object], wrong: str) -> str:
    from inspect import signature  # loads much, and is asked for here only

    known = [name for name in signature(function).parameters if name != "self"]
    name = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]
    msg = f"{name}() has no keyword `{wrong}`" if wrong else f"{name}() takes options by name"
    if name.startswith("plot_"):
        for written, others in words("plots").items():
            if wrong in others.split() and ("node_kws" not in written or "node_kws" in known):
                return f"{msg}; write {written}."
    keywords_meant = [
        keyword for keyword, others in words("keywords").items() if wrong in others.split()
    ]
    for keyword in keywords_meant:
        if keyword in known:
            return f"{msg}; use `{words('written').get(keyword, keyword)}`."
    if keywords_meant and keywords_meant[0] == "rng":
        drawn = "what draws by it takes `rng`" if name[0].isupper() else "nothing in it is random"
        return f"{msg}; {drawn}: leave it out."
    if keywords_meant and keywords_meant[0] == "executor":
        return f"{msg}; it runs in one process: leave it out."
    near = get_close_matches(wrong, known, n=1)
    if near:
        return f"{msg} (did you mean `{near[0]}`?)."
    return f"{msg}; it takes {', '.join(f'`{each}`' for each in known)}."
