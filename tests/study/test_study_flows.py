"""Experiments on flows, and those that the data choose themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netinnov as ni
from netinnov import study
from netinnov.errors import InputError
from netinnov.study._language import plain
from netinnov.study.sections import experiment
from study_cases import context_of, network_of, said_by, text_of_page

OFF = {"mechanisms": False}
FLOWS = [("P", "Q", 8), ("P", "R", 2), ("Q", "R", 5), ("Q", "S", 3), ("R", "S", 0.2)]
FAST = {"replicates": 4}


def with_enclaves(weight: int | None = None) -> ni.MultilayerNetwork:
    """Firms in four places; two parks of P in Q, and one of R in S."""
    firms = pd.DataFrame({"place": list("PQRS")}, index=list("PQRS"))
    parks = pd.DataFrame(
        {"place": ["Q", "Q", "S"], "jurisdiction": ["P", "P", "R"], "kind": "park"},
        index=["park 1", "park 2", "park 3"],
    )
    flows = [(a, b, weight or size) for a, b, size in FLOWS]
    return network_of(flows, nodes=pd.concat([firms, parks]))


def tried(network: ni.MultilayerNetwork, measures: Any = None, **settings: Any) -> Any:
    parts = {} if measures is None else {"measures": measures}
    context = context_of(network, experiment={**FAST, **settings}, **parts, **OFF)
    return experiment.compute(context)


def test_the_most_frequent_home_and_host_are_tried_and_said_to_be_chosen() -> None:
    result = tried(with_enclaves())
    assert (result.part.home, result.part.host) == ("P", "Q")
    assert result.chosen == (2, 1)
    assert experiment.facts(result)["left_open"]


def test_without_an_enclave_there_is_no_experiment() -> None:
    assert tried(network_of(FLOWS)) is None


def test_flows_move_a_tenth_of_the_strength_of_home() -> None:
    result = tried(network_of(FLOWS), home="P", host="Q")
    assert result.headline.scenario.volume_share == 0.1
    known = experiment.facts(result)
    assert (known["of_volume"], known["share"], known["size"]) == (True, 0.1, 0)
    answer = plain(said_by(experiment, result).answer)
    assert answer.startswith(
        "If P paid for a park in Q with 10 % of the weight of its links, it wo"
    )
    assert "depending" not in answer
    # All pairs are linked: a link is 1 / weight long.
    assert "; nothing of this is drawn." in text_of_page(experiment, result)
    assert result.context.measures.distance == "inverse"
    access = result.effects["measure"].eq("harmonic_centrality") & result.effects["node"].eq("P")
    mine = access & result.effects["scenario"].eq(result.headline.name)
    assert (result.effects.loc[mine, "difference"] != 0).all()
    effects = result.effects
    of_park = effects[effects["scenario"].eq(result.headline.name)]
    assert of_park["replicates"].max() == 1
    # The two other places that could have been the host.
    assert of_park["placebo_n"].max() == 2


def test_a_tenth_that_makes_no_link_is_not_tried() -> None:
    # The smallest weight is 1 and P has 10: a quarter of what is moved leads home, so 4 are.
    flows = [*FLOWS[:-1], ("R", "S", 1)]
    result = tried(network_of(flows), home="P", host="Q")
    assert result.headline.scenario.volume_share == pytest.approx(0.4)
    # With a strength of 3 links are counted.
    few = tried(network_of([("P", "Q", 3), *flows[2:]]), home="P", host="Q")
    # P has one link; of three one leads home, so they are new.
    assert (few.headline.scenario.size, few.headline.funding) == (3, "new")
    known = experiment.facts(few)
    assert (known["of_volume"], known["too_few"], known["own"]) == (False, True, 1)
    assert "as it has only 1 to give up" in plain(said_by(experiment, few).answer)


def test_links_of_equal_weight_are_counted() -> None:
    result = tried(with_enclaves(weight=3))
    # P has two links; of three a quarter, rounded, leads home: one.
    assert (result.headline.scenario.size, result.headline.funding) == (3, "new")
    known = experiment.facts(result)
    assert (known["too_few"], known["own"]) == (True, 2)
    answer = plain(said_by(experiment, result).answer)
    assert "with 3 extra links, as it has only 2 to give up, it" in answer


@pytest.mark.parametrize(
    "amount",
    [{"size": 2}, {"volume": 1.5}, {"volume_share": 0.25}],
    ids=lambda each: next(iter(each)),
)
def test_what_is_asked_for_is_tried(amount: Any) -> None:
    result = tried(network_of(FLOWS), home="P", host="Q", **amount)
    (name, value), sized = *amount.items(), result.headline.scenario
    assert getattr(sized, name) == value
    # Home's two links have the strength 10.
    known = experiment.facts(result)
    told = (known["size"], known["share"])
    assert told == {"size": (2, 0.0), "volume": (0, 0.15), "volume_share": (0, 0.25)}[name]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"home": "Pp", "host": "Q"},
            "experiment.home.* not in the places .*'Pp' .did you mean 'P'",
        ),
        ({"home": "P", "host": "Q", "size": 9}, "9 are asked for, 'P' has 2 in layer 'links'"),
        ({"home": "P", "host": "Q", "volume": 11.0}, "11 is asked for, 'P' has 10 in layer"),
    ],
)
def test_what_cannot_be_tried_is_refused_before_anything_is_measured(
    tmp_path: Path, settings: Any, words: str
) -> None:
    folder = tmp_path / "data"
    ni.io.write_network(network_of(FLOWS), folder)
    configuration = study.configure(
        {"data": {"source": "tables", "path": folder}, "experiment": settings}
    )
    steps: list[str] = []
    with pytest.raises(InputError, match=words):
        study.run(configuration, out=tmp_path / "out", say=steps.append)
    assert not [step for step in steps if step.startswith("section")]


def test_a_rival_that_cannot_be_had_is_told_of_and_left_out() -> None:
    # Home lies inside the host, whose park there would not be outside it.
    places = pd.DataFrame({"parent": ["Q", None, None, None]}, index=list("PQRS"))
    rivals = ["random ends", "forward enclave"]
    result = tried(network_of(FLOWS, places=places), home="P", host="Q", size=2, rivals=rivals)
    assert [trial.kind for trial in result.rivals] == ["random ends"]
    assert experiment.facts(result)["missing"] == ["park of the host at home"]
    assert "Not to be had at this size: a host's park at home." in text_of_page(experiment, result)
