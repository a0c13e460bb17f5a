"""All public functions and methods, and sound values for the parameters that they ask for."""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import netinnov as ni
from netinnov.experiments import DoseResponse, ExperimentResult, Specification
from netinnov.mechanisms.cobweb import CoupledCobweb
from netinnov.mechanisms.free_flow import CorePeriphery, FootlooseEntrepreneur, LogitMigration
from netinnov.null_models import GravityNull
from netinnov.planning import EffectiveNumber, Game, space_demand
from netinnov.scenarios import (
    Combined,
    DirectLinks,
    ForwardEnclave,
    NewLinks,
    NoChange,
    Prices,
    RandomEnds,
    ReverseEnclave,
    TalentAttraction,
)

NETWORK = ni.build_network(
    pd.DataFrame(
        {
            "kind": ["park", "firm", "firm", "talent"],
            "place": ["q", "p", "q", "r"],
            "jurisdiction": ["p", "p", "q", "r"],
        },
        index=["a", "b", "c", "d"],
    ),
    pd.DataFrame({"source": list("aabc"), "target": list("bccd"), "period": [1, 2, 1, 2]}),
    pd.DataFrame({"lon": [0.0, 1.0, 2.0], "lat": 0.0}, index=["p", "q", "r"]),
)
GAME = Game(["p", "q"], [0.0, 1.0, 2.0, 6.0])
LINKS = DirectLinks("p", "q", 1, funding="new")
PARK = ReverseEnclave("p", "q", 2, 0.5, funding="new")
RESULT = ExperimentResult(
    pd.DataFrame(
        [(f"{dose:g}", at, at + dose) for dose in range(5) for at in range(3)],
        columns=["scenario", "replicate", "value"],
    )
    .replace({"scenario": {"0": "baseline"}})
    .assign(measure="m", node=None)
    .astype({"scenario": "category", "measure": "category"})
)
DOSES = pd.DataFrame({"dose": [1.0, 2.0, 3.0, 4.0]}, index=["1", "2", "3", "4"])
COBWEB = CoupledCobweb(
    [1, 1], [0.5, 0.5], mobility=0.1, demand_intercept=[9, 9], supply_intercept=[1, 2]
)

SPACE = space_demand(pd.Series({"a": 8.0, "b": 7.0}), 1.0)

OWNERS: dict[str, Any] = {
    "Combined": Combined([LINKS]),
    "CorePeriphery": CorePeriphery(5, 0.4),
    "DirectLinks": LINKS,
    "DoseResponse": DoseResponse(RESULT, DOSES),
    "FootlooseEntrepreneur": FootlooseEntrepreneur(5, 0.4),
    "ForwardEnclave": ForwardEnclave("p", "q", 2, 0.5),
    "Game": GAME,
    "GravityNull": GravityNull(),
    "LogitMigration": LogitMigration(1.0, 1.0),
    "NewLinks": NewLinks([("a", "b")]),
    "NoChange": NoChange(),
    "RandomEnds": RandomEnds(LINKS),
    "ReverseEnclave": PARK,
    "SpaceDemand": SPACE,
    "TalentAttraction": TalentAttraction("p", "q", 2, 0.5),
}
"""Objects whose methods are called."""

MATRIX = np.arange(16.0).reshape(4, 4)

SOUND: dict[str, Any] = {
    "allocation": {"p": 2.5, "q": 3.5},
    "after": NETWORK,
    "budget": 500.0,
    "candidates": {"links": LINKS},
    "capacity": pd.Series({"x": 6.0, "y": 12.0}),
    "centres": pd.DataFrame({"centre": [True], "centrality": 1.0, "support": 1.0}, index=["a"]),
    "changed": LINKS,
    "freeness": [[1.0, 0.5], [0.5, 1.0]],
    "game": GAME,
    "cost": pd.DataFrame({"x": [1, 4], "y": [3, 2]}, index=["a", "b"]),
    "doses": [1, 2],
    "effects": (1.0, 2.0),
    "floor": 500.0,
    "flows": pd.Series({"a": 8.0, "b": 7.0}),
    "folder": Path("never_written"),
    "home": "p",
    "horizon": 3,
    "host": "q",
    "hosts": ["q"],
    "layer": "links",
    "make": lambda *_, **__: Specification(LINKS, ni.connectivity.global_efficiency),
    "mass": "population",
    "measure": ni.connectivity.global_efficiency,
    "measures": {"links": lambda network: network.n_links},
    "membership": {"a": 0, "b": 0, "c": 1, "d": 1},
    "model": COBWEB,
    "network": NETWORK,
    "objective": "efficiency",
    "objectives": {"one": "efficiency", "two": "equity"},
    "openings": pd.DataFrame({"home": ["p"], "host": ["q"], "opened": [2]}),
    "order": ["a", "b"],
    "origin": ["a"],
    "outcome": MATRIX,
    "pairs": [("a", "b")],
    "panel": pd.DataFrame({"region": [], "period": [], "price": [], "quantity": []}),
    "park": "a",
    "scale": 1.0,
    "partitions": [{"a": 0, "b": 1}] * 2,
    "path": Path("never_written.net"),
    "periods": 30,
    "pilot": RESULT,
    "place": "p",
    "precision": 0.5,
    "predictors": {"x": MATRIX.T},
    "prices": Prices(park=1, link=1, pipeline=1),
    "ranges": {"size": [1, 2]},
    "rank": pd.Series({"p": 1.0, "q": 2.0}),
    "rate": 0.5,
    "rival": LINKS,
    "scenario": PARK,
    "scenarios": {"links": LINKS},
    "seeds": ["a"],
    "incidence": pd.DataFrame({"who": ["a", "b"], "what": ["x", "x"]}),
    "member": "who",
    "event": "what",
    "space": SPACE,
    "specifications": {"size": [1, 2]},
    "start": [0.5, 0.5],
    "steps": 2,
    "targets": ["b"],
    "threshold": 0.5,
    "times": pd.Series([1.0, 2.0]),
    "values": pd.Series({"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}),
    "x": MATRIX,
    "y": MATRIX.T,
}
"""A value for each parameter that some function asks for."""

OF_ONE: dict[str, dict[str, Any]] = {
    "connectivity.shortest_path": {"source": "a", "target": "b"},
    "experiments.dose_response": {"make": lambda dose: DirectLinks("p", "q", int(dose))},
    "planning.cooperation_game": {
        "players": ["p", "q"],
        "links": pd.DataFrame({"source": ["a"], "target": ["c"]}),
    },
    "null_models.validated_projection": {"onto": "firm"},
    "scenarios.similar_places": {"n": 1, "by": ["strength"]},
    "panels.evaluate_openings": {
        "panel": pd.DataFrame({"place": list("ppqq"), "period": [1, 2] * 2, "y": [1.0, 3, 2, 2]}),
        "outcome": "y",
        "openings": pd.DataFrame({"place": ["p"], "opened": [2]}),
    },
    "planning.pareto_plans": {"k": 1},
    "planning.plan_centres": {"target": EffectiveNumber(2)},
    "planning.site_enclaves": {"k": 1},
    "planning.siting_stability": {"k": 1},
}
"""Values where a parameter of that name is something else."""


def public_modules() -> list[str]:
    """The modules that `netinnov` names, and all without an underscore below them.

    Files of a study's sections are for those who add one, not for users.
    """
    package = Path(ni.__file__).parent
    names = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        private = any(part.startswith("_") for part in parts)
        is_section = parts[:2] == ("study", "sections")
        if not private and not is_section and (not parts or parts[0] in ni.__all__):
            names.append(".".join(["netinnov", *parts]))
    return names


def public_objects() -> Iterator[tuple[str, Any]]:
    """What these modules list, by path."""
    for module in map(import_module, public_modules()):
        for name in module.__all__:
            yield f"{module.__name__}.{name}", getattr(module, name)


def all_callables() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Names and functions of all public modules, and methods of their classes."""
    for path, value in public_objects():
        at = path.removeprefix("netinnov.")
        if "." in at and inspect.isfunction(value):
            yield at, value
        elif "." in at and inspect.isclass(value) and value.__module__.startswith("netinnov."):
            for method, function in inspect.getmembers(value, inspect.isfunction):
                if not method.startswith("_"):
                    yield f"{at}.{method}", function


def _by_shortest_name() -> dict[str, Callable[..., Any]]:
    """One name a function: those of a package, not of the modules in it."""
    found: dict[tuple[str, Any], tuple[str, Callable[..., Any]]] = {}
    for name, function in sorted(all_callables(), key=lambda item: item[0].count(".")):
        owner = name.split(".")[-2] if function.__qualname__.count(".") else ""
        found.setdefault((owner, function), (name, function))
    return dict(found.values())


ALL = _by_shortest_name()


def taking(parameter: str) -> dict[str, inspect.Parameter]:
    """The functions with a parameter of this name."""
    return {
        name: signature.parameters[parameter]
        for name, signature in ((name, inspect.signature(each)) for name, each in ALL.items())
        if parameter in signature.parameters
    }


def call_with(name: str, **wrong: Any) -> Any:
    """Call a function with sound values of all that it asks for, but for what is given."""
    function = ALL[name]
    parameters = inspect.signature(function).parameters
    if "self" in parameters:
        function = partial(function, OWNERS[name.split(".")[-2]])
    asked = [
        each.name
        for each in parameters.values()
        if each.default is each.empty
        and each.name != "self"
        and each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
    ]
    own = OF_ONE.get(name, {})
    given = SOUND | own | wrong
    first = [each for each in asked if parameters[each].kind is inspect.Parameter.POSITIONAL_ONLY]
    others = {*asked, *own, *wrong} - {*first}
    return function(*(given[each] for each in first), **{each: given[each] for each in others})
