"""One word for one thing: over all public signatures, and over the names of public classes."""

import inspect
import pickle
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

import netinnov as ni
from netinnov._runtime.public import suggests_keywords
from public_functions import public_objects

INSTEAD = {
    **dict.fromkeys(("conf", "conf_level", "ci", "coverage_level"), "confidence"),
    **dict.fromkeys(("significance", "significance_level", "p_threshold"), "alpha"),
    **dict.fromkeys(("draws", "n_draws", "n_replicates", "reps", "simulations"), "replicates"),
    **dict.fromkeys(("bootstraps", "n_boot", "n_bootstrap", "n_resamples"), "resamples"),
    **dict.fromkeys(("n_permutations", "shuffles"), "permutations"),
    **dict.fromkeys(("starts", "n_starts", "n_restarts", "tries"), "restarts"),
    **dict.fromkeys(("seed", "random_state", "generator", "random"), "rng"),
    **dict.fromkeys(("net", "graph_network", "multilayer"), "network"),
    **dict.fromkeys(("n_jobs", "workers", "processes"), "executor"),
}
"""A word that no argument may be, and the one that the package has for it."""

STEPS_UP = {"aggregate", "add_outposts", "count_enclaves", "find_enclaves"}
"""The functions that climb `places.parent`: `level` means nothing else."""


def signatures() -> Iterator[tuple[str, inspect.Signature]]:
    """Of functions, of methods, and of classes that users make; results are made for them."""
    for name, each in public_objects():
        if inspect.isfunction(each):
            yield name, inspect.signature(each)
        elif inspect.isclass(each) and not issubclass(each, BaseException):
            yield name, inspect.signature(each)
            for method, function in inspect.getmembers(each, inspect.isfunction):
                if each.__module__.startswith("netinnov.") and not method.startswith("_"):
                    yield f"{name}.{method}", inspect.signature(function)


SIGNATURES = dict(signatures())
FUNCTIONS = {name: each for name, each in public_objects() if inspect.isfunction(each)}
CLASSES = {
    name: each
    for name, each in public_objects()
    if inspect.isclass(each)
    and inspect.isfunction(vars(each).get("__init__"))
    and not issubclass(each, BaseException)
}
SUGGESTING = [name for name in FUNCTIONS if {"rng", "executor"} & {*SIGNATURES[name].parameters}]
NETWORK = ni.datasets.make_city_system(n_cities=12, rng=1)
OTHER_THINGS = {
    # The table of what was drawn, not a number.
    *(("draws", result) for result in ("NullComparison", "QapCorrelation", "MatrixRegression")),
    # A whole number in a file, not a generator.
    ("seed", "Configuration"),
}


@pytest.mark.parametrize("old", INSTEAD)
def test_no_argument_has_another_word_for_what_has_one(old: str) -> None:
    assert [
        name
        for name, signature in SIGNATURES.items()
        if old in signature.parameters and (old, name.rpartition(".")[2]) not in OTHER_THINGS
    ] == [], f"use `{INSTEAD[old]}`"


def test_level_is_steps_up_and_nothing_else() -> None:
    levels = {name.rpartition(".")[2] for name, s in SIGNATURES.items() if "level" in s.parameters}
    assert levels == STEPS_UP


def test_alpha_is_of_a_test() -> None:
    # Katz's attenuation is called alpha in every textbook and library.
    alphas = {name.rpartition(".")[2] for name, s in SIGNATURES.items() if "alpha" in s.parameters}
    assert alphas == {"validated_projection", "katz_centrality"}


def test_confidence_is_a_share_and_095_by_default() -> None:
    defaults = {
        name: signature.parameters["confidence"].default
        for name, signature in SIGNATURES.items()
        if "confidence" in signature.parameters
    }
    stated = {
        name: value for name, value in defaults.items() if value is not inspect.Parameter.empty
    }
    assert stated
    assert set(stated.values()) == {0.95}


def test_the_tables_of_a_network_are_positional_alike() -> None:
    for function in (ni.build_network, ni.check_tables, ni.clean_tables):
        assert [*inspect.signature(function).parameters][:3] == ["nodes", "links", "places"]
        places = inspect.signature(function).parameters["places"]
        assert places.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert places.default is None


def test_no_two_public_classes_have_one_name() -> None:
    homes = defaultdict(set)
    for name, each in public_objects():
        if inspect.isclass(each):
            homes[name.rpartition(".")[2]].add(f"{each.__module__}.{each.__qualname__}")
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda n: ni.community.leiden(n, seed=1),
         r"leiden\(\) has no keyword `seed`; use `rng=1`"),
        (lambda n: ni.null_models.rewire(n, random_state=1), "use `rng=1`"),
        (lambda n: ni.centrality.pagerank(n, alpha=0.9), "use `damping`"),
        (lambda n: ni.centrality.betweenness_centrality(n, weight="w"), 'use `distance="inverse"`'),
        (lambda n: ni.centrality.degree(n, seed=1), "nothing in it is random: leave it out"),
        (lambda n: ni.centrality.degree(n, n_jobs=2), "runs in one process: leave it out"),
        (lambda n: ni.centrality.degree(n, mode="in"), "use `direction`"),
        (lambda n: ni.centrality.degree(n, directoin="in"), r"\(did you mean `direction`\?\)"),
        (lambda n: ni.null_models.Rewire(seed=1), r"Rewire\(\) .* what draws by it takes `rng`"),
        (lambda n: ni.ReverseEnclave("p", "q", n_links=3), r"ReverseEnclave\(\) .* use `size`"),
        (lambda n: ni.plotting.plot_network(n, figsize=(6, 4)), r"use `ax=plt.subplots\(figsize="),
        (lambda n: ni.plotting.plot_network(n, title="A"), r"; write `ax\.set_title\(\.\.\.\)`"),
        (lambda n: ni.plotting.plot_network(n, cmap="Reds"), r'`node_kws=\{"color": "red"\}`'),
        (lambda n: ni.plotting.plot_network(n, node_size=9), r'write `node_kws=\{"s": 20\}`'),
        (lambda n: ni.plotting.plot_centralities(n, cmap="Reds"), r"collections\[0\]\.set_cmap"),
        (lambda n: ni.plotting.plot_reach({}, horizon=1, color="red"), r"lines\[0\]\.set_color"),
        (lambda n: ni.plotting.plot_reach({}, horizon=1, fontsize=9), r"plt\.rc_context"),
        (lambda n: ni.centrality.degree(n, x=1), "it takes `network`, `direction`"),
        (lambda n: ni.read_network(filename="x"), "use `path`"),
        (lambda n: ni.study.run(outdir="x"), "use `out`"),
        (lambda n: ni.compare_scenarios(n, scenarios={}, measures={}, n_jobs=2),
         "use `executor=4`"),
    ],
)  # fmt: skip
def test_a_wrong_keyword_suggests_the_right_one(call: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call(NETWORK)


def test_an_error_inside_a_function_stays_as_it_is() -> None:
    @suggests_keywords
    def outer(*, size: int) -> None:
        dict(size).update(seed=int(seed=size))

    with pytest.raises(TypeError, match=r"^'int' object is not iterable"):
        outer(size=1)

    @suggests_keywords
    def calls_another(*, size: int) -> None:
        sorted([], seed=size)

    # In Python 3.13 the error names `sort`.
    with pytest.raises(TypeError, match=r"^(?!calls_another).*keyword argument"):
        calls_another(size=1)


def test_every_public_callable_names_its_keywords_where_one_is_wrong() -> None:
    for name, function in {**FUNCTIONS, **CLASSES}.items():
        if name in CLASSES or SIGNATURES[name].parameters:
            message = rf"{function.__name__}\(\) has no keyword `nonesuch`"
            with pytest.raises(TypeError, match=message):
                function(nonesuch=1)
    for name in SUGGESTING:
        wrong = "seed" if "rng" in SIGNATURES[name].parameters else "n_jobs"
        with pytest.raises(TypeError, match=r"use `(rng=1|executor=)"):
            FUNCTIONS[name](**{wrong: 1})


def test_a_function_that_suggests_is_pickled_and_documented_as_itself() -> None:
    function = ni.centrality.pagerank
    assert pickle.loads(pickle.dumps(function)) is function
    assert (function.__name__, function.__module__) == ("pagerank", "netinnov.centrality")
    assert "damping" in inspect.signature(function).parameters
    assert "PageRank" in inspect.getsource(function)
