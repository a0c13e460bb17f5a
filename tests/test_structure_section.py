"""The structure of a study: what is looked at together, what is drawn, and what is said of it."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

import netinnov as ni
from netinnov import pipeline
from netinnov.errors import InputError
from netinnov.pipeline import _configuration, _steps, _structure

STARS = [
    *(("a", end, weight) for end, weight in zip("bcd", (9, 8, 7), strict=True)),
    *(("x", end, weight) for end, weight in zip("yzw", (9, 8, 7), strict=True)),
    ("a", "x", 2),
]
DRAWN = ["low", "high", "bias", "null_mean", "null_low", "null_high", "z", "p"]
FEW = {"resamples": 10, "replicates": 10, "restarts": 1}


def network_of(links, *, layer="links", nodes=None):
    """A network whose nodes are places, from rows source, target, weight and, if given, layer."""
    rows = [(*row, layer)[:4] for row in links]
    frame = pd.DataFrame(rows, columns=["source", "target", "weight", "layer"])
    ids = sorted({*frame["source"], *frame["target"]})
    table = pd.DataFrame({"place": ids}, index=ids) if nodes is None else nodes
    return ni.build_network(table, frame)


def tables_of(
    network, *, modelled=(), source="tables", level=0, progress=False, say=print, **options
):
    """What the step makes of a network."""
    given = _steps.Input(network, None, {layer: {} for layer in modelled}, (), ())
    data = {"source": source} | ({} if source == "yrd" else {"path": "."})
    configuration = _configuration.Configuration.model_validate(
        {"data": data, "places": {"level": level}, "structure": FEW | options}
    )
    afar = _steps.look_from_afar(network, configuration.places)
    enclaves = _steps.measure(given, afar.inside, afar.cities, configuration.measures)["enclaves"]
    return _structure.structure(
        given, afar, configuration, enclaves=enclaves, progress=progress, say=say
    )


def said(tables):
    return tables["structure"].set_index("setting")["value"]


@pytest.fixture(scope="module")
def stars():
    return tables_of(network_of(STARS))


# -- tables ------------------------------------------------------------------------------------


def test_two_stars_have_two_centres_by_table_and_by_profile(stars):
    centres = stars["centres"]
    assert centres.index[centres["centre"]].tolist() == ["a", "x"]
    assert (centres.loc[["a", "x"], "support"] > 0.8).all()
    assert stars["profile"].loc["n_centres", "value"] == 2
    # Strengths 26, 9, 8, 7 twice: the larger holds 26 of 100.
    assert stars["profile"].loc["primacy", "value"] == pytest.approx(0.26)
    rules = stars["centre_rules"]
    assert rules.loc["a", "hubs"] == 1
    by_hand = rules.drop(columns=["name", "agreement", "modelled_layers"]).mean(axis=1)
    assert rules["agreement"].tolist() == pytest.approx(by_hand.tolist())
    assert centres["agreement"].equals(rules["agreement"])


def test_weight_between_communities_is_counted_once(stars):
    # 24 inside each star, 2 between them: 48 of 50 ends of a star's links stay inside.
    assert sorted(stars["community_flows"]["weight"]) == [2, 24, 24]
    assert stars["community_flows"]["share"].sum() == pytest.approx(1)
    communities = stars["communities"]
    assert communities["strength"].tolist() == [50, 50]
    assert communities["inside"].tolist() == pytest.approx([0.96, 0.96])
    assert sorted(communities["strongest"]) == ["a", "x"]
    layers = stars["communities_by_layer"]
    # Two communities with half of the ends each: 0.96 - 2 * 0.5^2 = 0.46.
    assert layers["inside"].tolist() == pytest.approx([0.96, 0.96])
    assert layers["modularity"].tolist() == pytest.approx([0.46, 0.46])


def test_directed_weight_keeps_its_direction():
    rows = pd.DataFrame(STARS, columns=["source", "target", "weight"]).assign(layer="links")
    ids = sorted("abcdwxyz")
    nodes = pd.DataFrame({"place": ids}, index=ids)
    flows = tables_of(ni.build_network(nodes, rows, directed=["links"]))["community_flows"]
    between = flows.loc[flows["source"] != flows["target"]]
    assert between["weight"].tolist() == [2]


def test_modelled_links_change_nothing_of_what_was_observed():
    observed = network_of(STARS)
    model = [("b", "y", 90, "model"), ("c", "z", 1, "model")]
    both = network_of([*STARS, *model])
    alone, together = tables_of(observed), tables_of(both, modelled=["model"])
    for name in ("centres", "centre_rules", "profile", "communities", "community_flows"):
        pd.testing.assert_frame_equal(together[name], alone[name])
    assert said(together)["layers together"] == "links"
    assert said(together)["layers apart"] == "model"
    apart = together["profile_modelled"]
    assert not {*DRAWN, "low_without_one"} & {*apart.columns}
    assert set(apart["modelled_layers"]) == {"model"}
    assert together["communities_by_layer"].index.tolist() == ["together", "links", "model"]
    assert together["communities_by_layer"].loc["model", "inside"] == 0


def test_in_a_tiny_network_nothing_is_rewired_and_no_draw_is_searched():
    tables = tables_of(network_of([("a", "b", 9), ("b", "c", 5)]), resamples=60)
    profile = tables["profile"]
    assert profile["null_mean"].isna().all()
    # The flows are drawn anew all the same, for what needs no communities.
    assert 0 < profile.loc["primacy", "low"] < profile.loc["primacy", "high"]
    assert math.isnan(profile.loc["n_centres", "low"])
    assert profile.loc["n_centres", "value"] >= 1
    # Multiples of a fiftieth: no more than 50 draws are searched.
    assert all((50 * tables["centres"]["support"]) % 1 == 0)
    assert "fewer than 4 places" in said(tables)["left out: null model"]
    assert "communities" in said(tables)["left out: interval of the number of centres"]
    larger = tables_of(network_of([("a", "b", 9), ("b", "c", 5), ("c", "d", 4), ("d", "a", 1)]))
    assert larger["profile"].loc["primacy", "null_mean"] > 0
    assert "left out: null model" not in said(larger)


def test_how_long_many_draws_take_is_said_before_they_are_drawn(monkeypatch):
    monkeypatch.setattr(_structure, "LONG", 0.0)
    told = []
    network = network_of(STARS)
    quick = tables_of(network, say=told.append)
    assert told == []  # 28 draws of few links
    monkeypatch.setattr(_structure, "WORTH_A_TRIAL", 1)
    slow = tables_of(network, say=told.append)
    assert re.match(
        r"computing all indices 28 times more \(10 with flows drawn anew, 10 of random networks, "
        r"8 without a place\), about \d+ s; ",
        told[0],
    )
    pd.testing.assert_frame_equal(quick["profile"], slow["profile"])
    # Weights that count nothing are not drawn anew.
    tables_of(network_of([(a, b, weight + 0.5) for a, b, weight in STARS]), say=told.append)
    assert told[1].startswith("computing all indices 18 times more (0 with")


def test_what_is_modelled_only_is_not_tested():
    tables = tables_of(network_of(STARS, layer="model"), modelled=["model"])
    assert tables["profile"][DRAWN].isna().all(axis=None)
    assert tables["profile"]["low_without_one"].notna().any()
    assert tables["centres"]["support"].isna().all()
    assert set(tables["profile"]["modelled_layers"]) == {"model"}
    assert "no evidence" in said(tables)["left out: null model"]
    assert not {"profile_modelled", "centrality_observed", "brokerage"} & tables.keys()


def test_only_counts_have_intervals():
    halves = [(source, target, weight / 2) for source, target, weight in STARS]
    tables = tables_of(network_of(halves))
    assert tables["profile"][["low", "high"]].isna().all(axis=None)
    assert tables["centres"]["support"].isna().all()
    assert tables["profile"]["null_mean"].notna().any()
    assert "no whole numbers" in said(tables)["left out: intervals"]


def test_links_of_projects_are_not_drawn_one_by_one():
    tables = tables_of(network_of(STARS), source="cordis")
    assert tables["profile"][DRAWN].isna().all(axis=None)
    assert "all its partners at once" in said(tables)["left out: intervals"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"most_places": 7}, "more than 7 places"),
        ({"resamples": 0, "replicates": 0}, "not asked for"),
    ],
)
def test_draws_can_be_left_out(options, why):
    tables = tables_of(network_of(STARS), **options)
    assert tables["profile"][DRAWN].isna().all(axis=None)
    assert tables["profile"]["value"].notna().any()
    assert why in said(tables)["left out: intervals"]
    assert why in said(tables)["left out: null model"]
    assert ("left out: leave one out" in said(tables)) == ("most_places" in options)


def test_with_many_places_communities_are_not_searched_in_every_draw(stars, monkeypatch):
    monkeypatch.setattr(_structure, "COSTLY", 7)
    profile = (tables := tables_of(network_of(STARS)))["profile"]
    assert profile.index.tolist() == stars["profile"].index.tolist()
    assert profile.loc["n_centres", "value"] == 2
    assert profile.loc["n_centres", DRAWN].isna().all()
    rest = profile.index.drop("n_centres")
    pd.testing.assert_frame_equal(profile.loc[rest], stars["profile"].loc[rest])
    assert "left out: interval of the number of centres" in said(tables)


def test_the_rule_and_the_resolution_are_those_asked_for():
    tables = tables_of(network_of(STARS), rule="top", resolution=0.0, resamples=0)
    # A tenth of eight places, rounded up; at resolution 0 all hang together in one community.
    assert tables["centres"].index[tables["centres"]["centre"]].tolist() == ["a"]
    assert len(tables["communities"]) == 1
    assert said(tables)[["rule", "resolution"]].tolist() == ["top", "0.0"]


def test_a_park_between_its_home_and_its_host_is_a_broker():
    # Firm f of Q, park p of Q in P, firms g of P and h of R, each linked to the park alone.
    # Ordered pairs: f-g and f-h with p of Q: f p g, f p h representative, and back gatekeeper;
    # g-h by way of p, three jurisdictions: liaison, both ways.
    nodes = pd.DataFrame(
        {"place": ["Q", "P", "P", "R"], "jurisdiction": ["Q", "Q", "P", "R"]}, index=list("fpgh")
    )
    links = [("f", "p", 1), ("g", "p", 1), ("h", "p", 1)]
    table = tables_of(network_of(links, nodes=nodes))["brokerage"]
    assert table.index.tolist() == ["p"]
    row = table.loc["p"]
    kinds = ["coordinator", "itinerant", "gatekeeper", "representative", "liaison", "together"]
    assert row[kinds].tolist() == [0, 0, 2, 2, 2, 6]
    assert row["enclave"]
    assert row["jurisdiction"] == "Q"


def test_layers_are_compared_where_there_are_two(stars):
    assert not {"layer_overlap", "layer_correlation"} & stars.keys()
    two = tables_of(network_of([*STARS, ("a", "b", 1, "other"), ("b", "c", 1, "other")]))
    # Seven linked pairs and two, one in common: 1 / 8.
    assert two["layer_overlap"].loc["links", "other"] == pytest.approx(1 / 8)


@pytest.mark.parametrize("links", [[], [("a", "a", 1)]], ids=["no links", "inside a place"])
def test_without_links_between_places_there_is_nothing_to_look_at(links):
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    assert tables_of(network_of(links, nodes=nodes)) == {}


@pytest.mark.parametrize("n", [2, 3])
def test_the_smallest_networks_have_a_structure(n):
    links = [(a, b, 1) for a, b in zip("ab", "bc", strict=True)][: n - 1]
    tables = tables_of(network_of(links))
    assert len(tables["centres"]) == n
    assert not math.isnan(tables["profile"].loc["primacy", "value"])


# -- configuration -----------------------------------------------------------------------------


def write(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text)
    return path


def test_the_structure_can_be_left_out(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    pd.DataFrame({"node": ["a", "b"], "place": ["a", "b"]}).to_csv(folder / "nodes.csv")
    pd.DataFrame({"source": ["a"], "target": ["b"]}).to_csv(folder / "links.csv")
    path = write(tmp_path, 'structure = false\n[data]\nsource = "tables"\npath = "tables"\n')
    configuration = pipeline.read_configuration(path)
    assert configuration.structure is None
    out = pipeline.run(configuration, out=tmp_path / "out").parent
    assert not (out / "tables" / "centres.csv").exists()
    assert "The structure was not looked at." in (out / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("structure = true", "structure must be a section, [structure]"),
        ("[structure]\nrule = 'hub'", "structure.rule must be 'hubs', 'top'"),
        ("[structure]\nresample = 3", "did you mean 'resamples'?"),
        ("[structure]\nrestarts = 0", "structure.restarts must be greater than or equal to 1"),
    ],
)
def test_wrong_settings_of_the_structure_are_named(tmp_path, text, words):
    with pytest.raises(InputError, match=re.escape(words)):
        pipeline.read_configuration(write(tmp_path, f"{text}\n[data]\nsource = 'yrd'\n"))


# -- report ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    """The bundled case without its experiment."""
    text = pipeline.EXAMPLE[: pipeline.EXAMPLE.index("[experiment]")]
    path = tmp_path_factory.mktemp("bundled") / "study.toml"
    path.write_text(re.sub(r"(resamples|replicates) = 200", r"\1 = 10", text))
    return pipeline.run(pipeline.read_configuration(path), out=path.parent / "out").parent


@pytest.fixture(scope="module")
def section(bundled):
    page = (bundled / "report.html").read_text("utf-8")
    return page[page.index('<section id="structure">') : page.index('<section id="enclaves">')]


def text_of(section):
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r'"data:[^"]*"', "", section)).split())


def test_figures_of_the_structure_are_drawn(bundled, section):
    for name in ("centres", "profile", "roles", "community_flows", "layer_similarity"):
        assert (bundled / "figures" / f"{name}.pdf").is_file()
        assert f'id="{name}"' in section


def test_every_table_of_the_structure_is_shown(bundled, section):
    names = """structure centres centre_rules profile profile_modelled centrality_observed
        communities community_flows communities_by_layer layer_overlap layer_correlation
        brokerage"""
    for name in names.split():
        assert f"tables/{name}.csv" in section
        assert (bundled / "tables" / f"{name}.csv").is_file()


def test_sentences_say_what_the_tables_hold(bundled, section):
    text = text_of(section)
    profile = pd.read_csv(bundled / "tables" / "profile.csv").set_index("index")
    centres = pd.read_csv(bundled / "tables" / "centres.csv")
    brokers = pd.read_csv(bundled / "tables" / "brokerage.csv")
    assert f"{centres['centre'].sum()} of 41 places are centres" in text
    value = profile.loc["effective_number", "value"]
    assert f"spread as over {value:.3g} (" in text
    assert f"{brokers['together'].sum()} times in all" in text
    assert f"Enclaves among them: {brokers['enclave'].sum()}" in text
    assert "Apart from them: gravity_modelled. There are no intervals and no tests" in text


def test_no_sentence_tests_a_model(bundled, section):
    apart = pd.read_csv(bundled / "tables" / "profile_modelled.csv")
    assert not {"p", "z", "low", "null_mean"} & {*apart.columns}
    profile = pd.read_csv(bundled / "tables" / "profile.csv")
    assert profile["modelled_layers"].isna().all()
    assert profile["p"].notna().any()
    figure = section[section.index('<figure id="profile">') :]
    assert "is modelled" not in figure[: figure.index("</figure>")]
