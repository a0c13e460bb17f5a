"""Which places are centres: by the rule of the study with its support, and by the other rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import pandas as pd

from netinnov import polycentricity
from netinnov.build import flatten
from netinnov.plotting import (
    DOUBLE,
    map_height,
    new_figure,
    plot_centre_rules,
    plot_centres,
    plot_roles,
)
from netinnov.polycentricity import ModularityTest
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.study._context import Context
from netinnov.study._section import Picture, Result, Table, with_modelled
from netinnov.study._structure_plan import FEWER, Plan, StructurePart, plan
from netinnov.study._words import cell, out_of, percent
from netinnov.study.sections._centres_text import (
    BY_COMMUNITY,
    RULES,
    TESTS,
    offer as offer,
    tell as tell,
)

HEADING = "Which places are centres"
OPTIONS = StructurePart

SPOKES = 150
"""Places up to which a map joins each of them with the centre of its community."""

PLACES_DRAWN = 12
"""Places of which a figure shows by which rules they are centres."""

ROLES_DRAWN = 4
"""Roles from which they are drawn; with fewer the sentence on them says it all."""


@dataclass(frozen=True, slots=True, eq=False)
class Centres(Result):
    """Places with whether they are centres, how sure that is, their community and their role."""

    table: pd.DataFrame
    rules: pd.DataFrame
    rule: CentreRule
    test: ModularityTest
    plan: Plan

    @property
    def sure(self) -> bool:
        """Whether support was computed."""
        return bool(self.table["support"].notna().all())

    @property
    def asked(self) -> list[str]:
        """The rules that say something here."""
        return [rule for rule in RULES if rule in self.rules]


def compute(context: Context) -> Centres | None:
    structure = context.once(plan)
    if structure is None:
        return None
    network = structure.network
    names = network.storage.nodes.index.to_series().map(context.names).astype("str")
    test = _test(structure)
    rule = structure.options.rule
    if rule == "hubs" and test is not None and test.by_chance:
        rule = "head_tail"
    left_out = {*BY_COMMUNITY} - {rule} if test is not None and test.by_chance else set()
    asked = [each for each in RULES if each not in left_out]
    table, rules = _centres(structure, names, rule, asked)
    if test is None:
        test = ModularityTest(_modularity(structure, table), untested=structure.null.why)
    return Centres(context, table, rules, rule, test, structure)


def _test(structure: Plan) -> ModularityTest | None:
    """Modularity among that of random networks; None without a null model."""
    options, null = structure.options, structure.null.model
    if null is None:
        return None
    return polycentricity.modularity_test(
        structure.network,
        null=null,
        replicates=TESTS[0] if structure.search else TESTS[1],
        resolution=options.resolution,
        restarts=options.restarts,
        rng=structure.seed,
        progress=structure.progress,
    )


def _modularity(structure: Plan, table: pd.DataFrame) -> float:
    from netinnov.community import modularity

    labels = table["community"].dropna().astype("int64")
    return modularity(flatten(structure.network), labels, resolution=structure.options.resolution)


def _centres(
    structure: Plan, names: pd.Series, rule: CentreRule, asked: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    from netinnov.community import roles

    network, options = structure.network, structure.options
    resamples = structure.resamples if structure.search else min(structure.resamples, FEWER)
    detected = polycentricity.detect_centres(
        network,
        rule=rule,
        null=None,
        resolution=options.resolution,
        minimum_share=options.minimum_share,
        resamples=resamples,
        resample=structure.resample,
        **structure.draw,
    )
    rules = _by_rules(structure, asked)
    position = roles(flatten(network), detected["community"])
    table = pd.DataFrame(
        {
            "name": names,
            "centre": detected["centre"],
            "support": detected["support"],
            "agreement": rules["agreement"],
            "centrality": detected["centrality"],
            "community": detected["community"].astype("Int64"),
            "role": detected["role"],
            "z": position["z"],
            "participation": position["participation"],
            "rule": rule,
        }
    )
    order = ["centre", "support", "agreement", "centrality"]
    table = table.sort_values(order, ascending=False, kind="stable")
    rules.insert(0, "name", names)
    return table, rules.reindex(table.index)


def _by_rules(structure: Plan, asked: list[str]) -> pd.DataFrame:
    """1 where a place is a centre by a rule, and the share of the rules by which it is one."""
    options = structure.options
    choices = {
        "resolution": options.resolution,
        "minimum_share": options.minimum_share,
        "tested": False,
    }
    variants = dict.fromkeys(asked, choices)
    # One index is asked for at least, the quickest; what is wanted is who is a centre.
    long = polycentricity.sensitivity(
        structure.network, rules=variants, tops=[None], indices=["gini"], **structure.draw
    )
    long = long[long["node"].notna()]
    wide = long.pivot(index="node", columns="rule", values="value")
    columns = pd.Index(asked, name=None)
    wide = wide.reindex(index=structure.network.storage.nodes.index, columns=columns)
    agreement = long.drop_duplicates("node").set_index("node")["agreement"]
    return wide.astype("int64").assign(agreement=agreement).rename_axis("node")


def draw(result: Centres) -> Iterator[Picture]:
    table, network = result.table, result.context.cities
    at = network.storage.places[["lon", "lat"]].reindex(network.storage.nodes["place"])
    at = at.set_axis(network.storage.nodes.index).reindex(table.index).dropna()
    if not at.empty:
        frame = result.maps.detail_with(at, at.loc[table["centre"].reindex(at.index)])
        figure = new_figure(height=map_height(frame))
        plot_centres(
            network,
            table,
            names=result.drawn_names,
            extent=frame,
            spokes=len(at) <= SPOKES,
            basemap=result.maps.below,
            ax=figure.add_subplot(),
        )
        caption = f"Centres by the rule “{result.rule}”, and how strong places are."
        if table["support"].notna().any():
            caption += " At a centre: share of bootstrap resamples in which it is again a centre."
        alt = (
            "Map with a square at each centre and a circle at each other place, larger if stronger."
        )
        yield Picture("centres", figure, caption, ("centres", "map_places"), alt=alt)
    else:
        by_rule = result.rules[result.asked]
        shown = min(int((by_rule.sum(axis=1) > 0).sum()) or 1, PLACES_DRAWN)
        figure = new_figure(width=DOUBLE, height=16 + 5.2 * shown)
        ax = figure.add_subplot()
        plot_centre_rules(by_rule, names=result.drawn_names, top=shown, ax=ax)
        caption = "Which places are centres by which rules."
        alt = "Table with a square where a place is a centre by a rule, and a point where not."
        note = "; ".join(f"“{rule}”: {RULES[rule]}" for rule in result.asked)
        yield Picture(
            "centre_rules", figure, caption, ("centre_rules",), alt=alt, note=f"{note}.", front=True
        )
    if table["role"].nunique() >= ROLES_DRAWN:
        figure = new_figure(width=DOUBLE, height=100)
        plot_roles(table, names=result.drawn_names, ax=figure.add_subplot())
        caption = (
            "How places stand inside their community (upwards: more links there than its other "
            "places have) and across communities (rightwards: links spread over more of them)."
        )
        alt = "Points of places over the seven areas of the roles of Guimerà and Amaral."
        yield Picture("roles", figure, caption, ("centres",), alt=alt)


def tables(result: Centres) -> Iterator[Table]:
    modelled = result.plan.modelled
    yield Table(
        "centres",
        with_modelled(result.table, modelled, always=True),
        "Places by whether they are centres, how sure that is, and their role.",
        modelled=modelled,
        formats={"support": percent, "agreement": out_of(len(result.asked))},
    )
    yield Table(
        "centre_rules",
        with_modelled(result.rules, modelled, always=True),
        "Which places are centres (1) by each of the rules, and share of the rules.",
        modelled=modelled,
        formats={"agreement": out_of(len(result.asked))},
    )
    structure = result.plan
    settings = {
        "layers together": "; ".join(map(result.context.mark, structure.network.layers)),
        "layers apart": "; ".join(map(result.context.mark, structure.modelled_beside)),
        **{key.replace("_", " "): value for key, value in structure.options.model_dump().items()},
        "rule used": result.rule,
        "null model used": structure.null.name,
        "share of links that the null model moves": structure.null.moved,
        "why this null model": structure.null.why,
        **{f"modularity test: {key}": value for key, value in asdict(result.test).items()},
        "seed": structure.seed,
        **{f"left out: {omitted.result}": omitted.why for omitted in structure.left_out},
    }
    frame = pd.DataFrame(list(settings.items()), columns=["setting", "value"]).astype("str")
    shown = [
        cell(value) if value is None or isinstance(value, float) else str(value)
        for value in settings.values()
    ]
    caption = "How the structure was looked for, and what was left out and why."
    yield Table("structure", frame, caption, view=frame.assign(value=shown), whole=True)


def question(result: Centres) -> str:
    del result
    return "Which places are centres?"
