"""What `dir()` lists, and which name or keyword is suggested in place of one that is not there."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from difflib import get_close_matches
from functools import cache, partial, wraps
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType, NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin

P = ParamSpec("P")
R = TypeVar("R")

HANDED_ON = r"\b(\w+) as \1\b"  # how a package imports what is public from its files


def _by_word(words_of: dict[str, str]) -> dict[str, str]:
    return {word: ours for ours, words in words_of.items() for word in words.split()}


# By annotated type: what refuses other values, and gives the number that is meant; "classes":
# ours and those of matplotlib, also beside those `FROM_USERS`
ARGUMENT_CHECKS: dict[Any, Callable[[str, Any, Any], Any]] = {}
OUR_CLASSES = "<class 'netinnov.", "<class 'matplotlib."
FROM_USERS: set[Any] = {Mapping}
# Names of functions in networkx, igraph, scikit-network and EconGeo
OTHER_NAMES = _by_word(
    {
        "build.symmetrize": "to_undirected",
        "centrality.betweenness_centrality": "betweenness",
        "centrality.closeness_centrality": "closeness",
        "centrality.constraint": "burt_constraint structural_holes",
        "centrality.core_number": "coreness k_core kcore",
        "centrality.degree": "degree_centrality degree_sequence",
        "centrality.eigenvector_centrality": "eigen_centrality eigenvector evcent",
        "centrality.harmonic_centrality": "harmonic",
        "centrality.hits": "authority_score hub_score",
        "centrality.katz_centrality": "katz",
        "centrality.pagerank": "page_rank PageRank",
        "centrality.participation_coefficient": "participation",
        "centrality.rich_club": "rich_club_coefficient",
        "centrality.strength": "weighted_degree",
        "community.compare_partitions": (
            "adjusted_mutual_info_score adjusted_rand_score mutual_information "
            "normalized_mutual_info_score"
        ),
        "community.infomap": "community_infomap",
        "community.leiden": (
            "community_leiden community_louvain community_multilevel Leiden louvain Louvain "
            "louvain_communities"
        ),
        "connectivity.average_path_length": "average_shortest_path_length",
        "connectivity.components": (
            "clusters connected_components decompose node_connected_component "
            "number_connected_components weakly_connected_components"
        ),
        "connectivity.global_efficiency": "efficiency",
        "connectivity.largest_component": "is_connected largest_connected_component",
        "connectivity.shortest_path": (
            "dijkstra_path get_shortest_path get_shortest_paths has_path shortest_path_length"
        ),
        "io.from_scipy": "Adjacency from_numpy_array from_scipy_sparse_array",
        "io.to_scipy": "adjacency adjacency_matrix get_adjacency to_scipy_sparse_array",
        "io.write_network": "save write",
        "linkages.gravity": "gravity_model",
        "linkages.project": "bipartite_projection projected_graph",
        "manuscript.to_table": "etable to_latex",
        "mechanisms.agglomeration.location_quotient": "location_quotients",
        "null_models.Rewire": "configuration_model",
        "null_models.rewire": "directed_edge_swap double_edge_swap",
        "plotting.plot_network": "draw draw_networkx plot",
        "polycentricity.entropy_index": "entropy",
        "polycentricity.gini": "gini_coefficient",
        "polycentricity.herfindahl": "Herfindahl hhi",
        "polycentricity.rank_size": "zipf",
        "topology.assortativity": (
            "assortativity_degree assortativity_nominal attribute_assortativity_coefficient "
            "degree_assortativity_coefficient homophily numeric_assortativity_coefficient"
        ),
        "topology.clustering": "clustering_coefficient transitivity_local_undirected",
        "topology.describe": "average_degree info summary",
        "topology.mean_clustering": "average_clustering",
        "topology.reciprocity": "overall_reciprocity",
        "topology.transitivity": "get_clustering_coefficient transitivity_undirected",
    }
)
# What is written instead of names of networkx, igraph and pandas that no function here has
OTHER_WAYS = _by_word(
    {
        "a network never changes, so it needs no copy": "copy",
        "use network.directed, the layers whose links have a direction": "is_directed",
        "use network.layers": "layer_names",
        "use network.links": "edges es get_edgelist to_pandas to_pandas_edgelist",
        "use network.n_links": "ecount number_of_edges size",
        "use network.n_nodes": "number_of_nodes order vcount",
        "use network.nodes": "get_node_attributes vertices vs",
        "write name in network": "has_node",
        "write netinnov.build_network(links)": "DiGraph from_edgelist from_pandas_adjacency "
        "from_pandas_edgelist Graph MultiDiGraph MultiGraph Network TupleList",
        "write netinnov.io.to_networkx(network, attributes=...)": "set_node_attributes",
        "write network.adjacency(layer).toarray()": "to_numpy to_numpy_array to_pandas_adjacency",
        "write network.links.query(\"source == 'a' or target == 'a'\")": "adj get_edge_data "
        "has_edge incident neighbors predecessors successors",
        "write network.replace_links(table)": "delete_edges remove_edge remove_edges_from",
        "write network.select(nodes=[...])": "delete_vertices induced_subgraph remove_node "
        "remove_nodes_from subgraph",
        "write network.with_links(table)": "add_edge add_edges add_edges_from compose "
        "add_weighted_edges_from",
        "write network.with_nodes(table)": "add_node add_nodes_from add_vertex add_vertices",
    }
)
# Our keywords, and words for them in other programs
OTHER_KEYWORDS = {
    "rng": ("seed", "random_seed", "random_state", "generator", "random"),
    "executor": ("n_jobs", "jobs", "workers", "n_workers", "max_workers", "processes", "n_cpus"),
    "weighted": ("weight", "weights", "use_weights"),
    "distance": ("weight", "weights", "length", "lengths"),
    "damping": ("alpha", "d", "damping_factor"),
    "alpha": ("attenuation", "significance", "significance_level"),
    "resolution": ("gamma", "resolution_parameter"),
    "direction": ("mode", "directed", "kind"),
    "confidence": ("level", "ci", "conf", "conf_level", "confidence_level"),
    "replicates": ("n_permutations", "n_replicates", "n_sim", "nsim", "n_iter", "iterations", "n"),
    "permutations": ("n_permutations", "n_perm", "replicates", "n_iter", "iterations", "reps"),
    "resamples": ("n_boot", "n_bootstrap", "n_resamples", "bootstraps", "replicates"),
    "restarts": ("n_init", "n_runs", "runs", "n_iterations", "trials", "iterations"),
    "trials": ("nswap", "n_swaps", "swaps", "max_tries", "iterations"),
    "progress": ("verbose", "show_progress", "progress_bar", "tqdm"),
    "membership": ("communities", "partition", "labels"),
    "coupling": ("omega", "interlayer", "interslice"),
    "groups": ("attribute", "group", "by"),
    "ax": ("axes", "figsize", "fig", "figure"),
    "size": ("n", "n_links", "links", "amount"),
    "preserve": ("keep", "constraints"),
    "border": ("border_cost", "borders"),
    "by": ("attribute", "level", "groups", "column"),
    "path": ("file", "filename", "fname", "filepath", "filepath_or_buffer", "fp"),
    "folder": ("path", "directory", "dirname", "outdir"),
    "out": ("output", "outdir", "output_dir", "folder", "path"),
    "columns": ("rename", "mapping", "names", "usecols", "header"),
    "encoding": ("charset", "enc"),
    "format": ("fmt", "to", "kind", "filetype"),
    "overwrite": ("force", "replace", "exist_ok"),
    "memory": ("memory_limit", "ram"),
}
# How a keyword is written whose value is of another type elsewhere
WRITE_INSTEAD = {
    "ax": "ax=plt.subplots(figsize=(6, 4))[1]",
    "rng": "rng=1",
    "executor": "executor=4",
    "weighted": "weighted=True",
    "distance": 'distance="inverse"',
}

_COLOURS = "color colors c cmap palette hue alpha facecolor edgecolor node_color edge_color"
# What to write for the keywords of other programs' plots
INSTEAD_OF_KEYWORDS = {
    "`ax.set_title(...)` on the axes that it returns": "title suptitle",
    "`ax.set(...)` on the axes that it returns": "xlabel ylabel xlim ylim xscale yscale",
    "`ax.get_legend().remove()` on the axes that it returns": "show_legend legend_loc",
    '`with plt.rc_context({"font.size": 9}):` around it': "font font_family font_size fontsize",
    "`ax.figure.savefig(...)` for the axes that it returns": "dpi filename fname save savefig show",
    '`node_kws={"color": "red"}` or `edge_kws={"color": "red"}`': _COLOURS,
    '`node_kws={"s": 20}` or `edge_kws={"linewidth": 1}`': "linewidth lw node_size s width",
    "`ax.lines[0].set_color(...)` or `ax.collections[0].set_cmap(...)` on the axes": _COLOURS,
}


def publish(module: dict[str, Any]) -> Callable[[], list[str]]:
    """Publish what a module lists in ``__all__``, and give its `__dir__`: its last line.

    ``module``: its `globals()`.

    A package without ``__all__`` gets one, with the names that it imports from its files. A module
    without a `__getattr__` also gets one, which suggests the right name for a wrong one, and each
    public function and class says which keyword is meant where it is called with another.
    """

    def listed() -> list[str]:
        special = (name for name in module if name.startswith("__") and name.endswith("__"))
        return sorted({*module["__all__"], *special})

    def refuse(name: str) -> object:
        raise missing_name(module["__name__"], name, module["__all__"])

    module.setdefault("__getattr__", refuse)
    if "__all__" not in module:
        module["__all__"] = sorted(
            name
            for name, value in module.items()
            if not (name == "annotations" or name.startswith("_") or value is publish)
            and not isinstance(value, ModuleType)
        )
    for name in module["__all__"]:
        value = module.get(name)
        if isinstance(value, FunctionType):
            module[name] = suggests_keywords(value, module["__name__"])
        elif isinstance(value, type):
            made = vars(value).get("__init__")
            if isinstance(made, FunctionType):  # not that of a named tuple or of a parent
                type.__setattr__(value, "__init__", suggests_keywords(made, module["__name__"]))
            if is_dataclass(value) and not hasattr(value, "__getattr__"):
                type.__setattr__(value, "__getattr__", _missing_field)
    return listed


def _missing_field(result: object, name: str) -> object:
    known = [each for each in dir(type(result)) if not each.startswith("_")]
    meant = None if name.startswith("_") else f"it has {', '.join(known)}"
    raise _no_attribute(type(result).__name__, name, known, meant)


def missing_name(module: str, name: str, known: Iterable[str]) -> AttributeError:
    return _no_attribute(f"module {module!r}", name, known, _meant(name, method=False))


def missing_attribute(owner: str, name: str, known: Iterable[str]) -> AttributeError:
    return _no_attribute(owner, name, known, _meant(name, method=True))


def _meant(name: str, *, method: bool) -> str | None:
    """What is written for a name of netinnov or of another program."""
    if name.startswith("_") or name in OTHER_WAYS:
        return OTHER_WAYS.get(name)
    if home := OTHER_NAMES.get(name) or homes().get(name):
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


def _no_attribute(owner: str, name: str, known: Iterable[str], meant: str | None) -> AttributeError:
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


def suggests_keywords(function: Callable[P, R], home: str | None = None) -> Callable[P, R]:
    """Say which keyword is meant where a function is called with one that it does not have.

    Name, signature and docstring stay. It is a frame on the stack: a warning that names the user's
    line has one more `stacklevel`. With ``home``, the module in which pickle looks for the
    function, its arguments are checked as well: those whose types have `ARGUMENT_CHECKS`.
    """
    if hasattr(function, "_suggests"):
        return function

    @cache
    def checks() -> list[tuple[int, str, Callable[[Any], Any]]]:
        return _checks_of(function) if home else []

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        positional: Any = list(args)
        for at, name, check in checks():
            if name in kwargs:
                kwargs[name] = check(kwargs[name])
            elif at < len(positional):
                positional[at] = check(positional[at])
        try:
            return function(*positional, **kwargs)
        except TypeError as error:
            unknown = re.search(r"unexpected keyword argument '(\w+)'", str(error))
            many = re.search(r" takes (from )?\d.* positional arguments?", str(error))
            inside = error.__traceback__ is not None and error.__traceback__.tb_next is not None
            if inside or not (unknown or many):
                raise
            msg = _wrong_keyword(function, unknown[1] if unknown else "")
        raise TypeError(msg)

    call.__module__ = home or call.__module__
    call._suggests = True  # type: ignore[attr-defined]
    return call


def _checks_of(function: Any) -> list[tuple[int, str, Callable[[Any], Any]]]:
    code = function.__code__
    checks = list[tuple[int, str, Callable[[Any], Any]]]()
    for at, name in enumerate(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]):
        try:
            annotation = eval(function.__annotations__.get(name, "None"), function.__globals__)
        except (NameError, TypeError):  # for type checkers only
            continue
        union = get_origin(annotation) in (Union, UnionType)
        kinds = [*get_args(annotation)] if union else [annotation]
        optional = NoneType in kinds
        kinds = [kind for kind in kinds if kind is not NoneType]
        (kind,) = getattr(kinds[0], "__metadata__", kinds[:1])  # of a number: its range
        check = ARGUMENT_CHECKS.get(get_origin(kind) or kind) or ARGUMENT_CHECKS.get(type(kind))
        if check is None or len(kinds) > 1:
            kind = [get_origin(each) or each for each in kinds]
            others = [each for each in kind if not repr(each).startswith(OUR_CLASSES)]
            told = FROM_USERS.issuperset(others) and (optional or len(others) < len(kind))
            check = ARGUMENT_CHECKS["classes"] if told else None
        if check is not None:
            position = at if at < code.co_argcount else sys.maxsize
            checks.append((position, name, partial(_checked, check, name, kind, optional)))
    return checks


def _checked(
    check: Callable[[str, Any, Any], Any], name: str, kind: Any, optional: bool, value: Any
) -> Any:
    number = None if value is None and optional else check(name, value, kind)
    return value if number is None else number


def _wrong_keyword(function: Callable[..., object], wrong: str) -> str:
    from inspect import signature  # loads much, and is asked for here only

    known = [name for name in signature(function).parameters if name != "self"]
    name = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]
    msg = f"{name}() has no keyword `{wrong}`" if wrong else f"{name}() takes options by name"
    if name.startswith("plot_"):
        for written, others in INSTEAD_OF_KEYWORDS.items():
            if wrong in others.split() and ("node_kws" not in written or "node_kws" in known):
                return f"{msg}; write {written}."
    keywords_meant = [keyword for keyword, others in OTHER_KEYWORDS.items() if wrong in others]
    for keyword in keywords_meant:
        if keyword in known:
            return f"{msg}; use `{WRITE_INSTEAD.get(keyword, keyword)}`."
    if keywords_meant and keywords_meant[0] == "rng":
        drawn = "what draws by it takes `rng`" if name[0].isupper() else "nothing in it is random"
        return f"{msg}; {drawn}: leave it out."
    if keywords_meant and keywords_meant[0] == "executor":
        return f"{msg}; it runs in one process: leave it out."
    near = get_close_matches(wrong, known, n=1)
    if near:
        return f"{msg} (did you mean `{near[0]}`?)."
    return f"{msg}; it takes {', '.join(f'`{each}`' for each in known)}."
