"""Facts of studies of real data, computed again from their links and their raw files."""

import math
import tomllib
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netinnov.study.sections import central, centres
from study_cases import context_at, facts_of, figures_of, text_in

pytestmark = pytest.mark.slow  # whole studies

STUDIES = Path(__file__).parents[2] / "examples/studies"
NAMES = ["baidu_delta", "cordis_countries", "eu_air", "lazega_offices", "patentsview_inventors"]
FEW = {"resamples": 4, "replicates": 20}


def settings_of(name):
    """A configuration of `examples/studies` with few draws; None where its data are not here."""
    if name == "europe":
        data = {"source": "europe", "project": {"layer": "participation", "through": "project"}}
        return {"data": data, "places": {"level": 1}, "structure": FEW}
    settings = tomllib.loads((STUDIES / f"{name}.toml").read_text(encoding="utf-8"))
    data = settings["data"]
    for key in {"path", "places"} & data.keys():
        data[key] = str((STUDIES / data[key]).resolve())
        if not Path(data[key]).exists():
            return None
    return settings | {"structure": FEW}


@pytest.fixture(scope="module", params=[*NAMES, "europe"])
def context(request):
    settings = settings_of(request.param)
    if settings is None:
        pytest.skip("needs the data beside the checkout")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        context = context_at(**settings)
        assert context.cities.n_nodes
    return context


def strength_of(pairs):
    """Shares of all strength, from the weights of pairs of different places."""
    apart = pairs[pairs["a"] != pairs["b"]]
    ends = pd.concat([apart[["a", "weight"]].rename(columns={"a": "b"}), apart[["b", "weight"]]])
    strength = ends.groupby("b")["weight"].sum().sort_values(ascending=False)
    return strength / strength.sum()


@pytest.fixture(scope="module")
def share(context):
    return strength_of(context.cities.links.rename(columns={"source": "a", "target": "b"}))


def test_the_largest_place_and_how_many_equal_ones_there_would_be(context, share):
    result = context.once(centres.compute).profile
    assert result.loc["primacy", "value"] == pytest.approx(share.max())
    equal = math.exp(-(share * np.log(share)).sum())
    assert result.loc["effective_number", "value"] == pytest.approx(equal)
    assert facts_of(centres, context)["effective"] == pytest.approx(equal)
    assert figures_of(centres, context)["primacy"].value == pytest.approx(share.max())
    # Whatever the digits, what is said is what is true to within its last one.
    said = float(text_in(centres, context).answer.split("as if ")[1].split()[0].replace(",", ""))
    assert said == pytest.approx(equal, rel=0.05)


def test_who_has_the_most_strength(context, share):
    known = context.once(central.compute).table["overlapping_strength"]
    assert known.idxmax() == share.index[0]
    assert figures_of(central, context)["strength"].value == pytest.approx(share.iloc[0])
