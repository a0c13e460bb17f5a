"""Which places are centres: by the rule of the study with its support, and by the other rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import pandas as pd

from netinnov import plotting, polycentricity
from netinnov.build import flatten
from netinnov.plotting._frame import map_height
from netinnov.plotting._style import DOUBLE, new_figure
from netinnov.polycentricity import ModularityTest
from netinnov.polycentricity._centre_rules import CentreRule, least_share
from netinnov.study._context import Context
from netinnov.study._section import Picture, Result, Sentence, Table, with_modelled
from netinnov.study._structure_plan import FEWER, Plan, StructurePart, plan
from netinnov.study._words import cell, counted, joined, name, number, out_of, paired, percent, some

HEADING = "Which places are centres"
OPTIONS = StructurePart
SPOKES = 150  # places up to which a map joins each of them with the centre of its community
PLACES_DRAWN = 12  # places of which a figure shows by which rules they are centres
ROLES_DRAWN = 4  # roles from which they are drawn; with fewer the sentence on them says it all
NAMED = 6
RULES: dict[str, str] = {
    "hubs": "the strongest of each community of three places or more, and places of the core with "
    "half as much",
    "top": "the tenth of the places with most strength, rounded up",
    "head_tail": "places above the mean strength",
    "core": "the core, densely linked in itself and with the rest",
    "z": "places far stronger than the others of their community",
    "dominant_flow": "places whose largest flow goes to a smaller one, and to which that "
    "of a smaller one comes",
}
BY_COMMUNITY = ("hubs", "z")  # rules that say something only where communities are beyond chance
TESTS = (99, 49)  # random networks whose communities are searched for, small networks and large
ROLES = {
    "R1": "with all or nearly all links in one community",
    "R2": "with links in few communities",
    "R3": "that connect communities",
    "R4": "of no community in particular",
    "R5": "hubs of their own community",
    "R6": "hubs that connect communities",
    "R7": "hubs of no community in particular",
}


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
        return bool(self.table["support"].notna().all())

    @property
    def asked(self) -> list[str]:
        """The rules that say something here."""
        return [rule for rule in RULES if rule in self.rules]

    @property
    def least(self) -> float:
        """Share of all strength that a centre by the rule "hubs" holds at least."""
        return least_share(self.plan.options.minimum_share, self.table["centrality"].to_numpy())

    def called(self, rule: str) -> str:
        """What a rule is, in words."""
        if rule == "top":
            n = int(self.rules["top"].sum())
            most = f"{n:,} places" if n > 1 else "place"
            of = counted(int((self.table["centrality"] > 0).sum()), "place")
            return f"the {most} with most strength, a tenth of {of} with links rounded up"
        if rule != "hubs" or not self.least:
            return RULES[rule]
        held = number(100 * self.least, digits=2)
        return f"{RULES[rule]}; each with at least {held} % of all strength"

    @property
    def against_chance(self) -> str:
        """The modularity with that of random networks, or why it is not compared with any."""
        test = self.test
        if test.untested is not None:
            text = f"modularity {number(test.modularity, digits=2)}"
            return f"{text}; whether chance gives as much is not tested, as {test.untested}"
        own, mean = paired(test.modularity, test.null_mean)
        text = f"modularity {own}, in {test.replicates} random networks {mean} on average; "
        return f"{text}one-sided p of {test.p:.2g}"


def compute(context: Context) -> Centres | None:
    from netinnov.community import modularity, roles

    structure = context.once(plan)
    if structure is None:
        return None
    network, options = structure.network, structure.options
    names = network.storage.nodes.index.to_series().map(context.names).astype("str")
    rule, test = options.rule, None
    if structure.null.model is not None:
        test = polycentricity.modularity_test(
            network,
            null=structure.null.model,
            replicates=TESTS[0] if structure.search else TESTS[1],
            resolution=options.resolution,
            restarts=options.restarts,
            rng=structure.seed,
            progress=structure.progress,
        )
    by_chance = test is not None and test.by_chance
    if rule == "hubs" and by_chance:
        rule = "head_tail"
    left_out = {*BY_COMMUNITY} - {rule} if by_chance else set()
    detected = polycentricity.detect_centres(
        network,
        rule=rule,
        null=None,
        resamples=structure.resamples if structure.search else min(structure.resamples, FEWER),
        resample=structure.resample,
        **structure.choices,
        **structure.draw,
    )
    rules = _by_rules(structure, [each for each in RULES if each not in left_out])
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
    if test is None:
        labels = table["community"].dropna().astype("int64")
        quality = modularity(flatten(network), labels, resolution=options.resolution)
        test = ModularityTest(quality, untested=structure.null.why)
    return Centres(context, table, rules.reindex(table.index), rule, test, structure)


def _by_rules(structure: Plan, asked: list[str]) -> pd.DataFrame:
    variants = dict.fromkeys(asked, structure.choices | {"tested": False})
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


def offer(result: Centres) -> Iterator[Sentence]:
    table = result.table
    centres = table.loc[table["centre"]]
    text = f"In the {result.plan.layers} {_of_places(len(centres), len(table))} by the rule "
    text += f"“{result.rule}”"
    if len(centres):
        text += f": {some(_with_support(result, centres.head(NAMED)), len(centres))}"
    text += "."
    if len(centres) and result.sure:
        text += f" In brackets: share of bootstrap resamples of the {result.plan.resampled} in "
        text += "which it is again a centre."
    yield Sentence(text + _ties(result, [result.rule]), ("centres",))


def _of_places(centres: int, places: int) -> str:
    verb = "are centres" if centres > 1 else "is a centre"
    return f"{f'{centres:,}' if centres else 'none'} of {counted(places, 'place')} {verb}"


def _ties(result: Centres, rules: list[str]) -> str:
    """Centres by rules that take the strongest, while others as strong are not."""
    by_rule, strength = result.rules, result.table["centrality"].map("{:.9g}".format)
    tied = pd.Series(False, by_rule.index)
    for rule, among in (("top", [strength]), ("hubs", [strength, result.table["community"]])):
        if rule in rules:
            centre = by_rule[rule] == 1
            tied |= centre & ~centre.groupby(among, dropna=False).transform("all").astype(bool)
    if not tied.any():
        return ""
    named = [name(each) for each in by_rule.loc[tied, "name"]]
    return (
        " Ties are broken by the order of the data: other places are as strong as "
        f"{some(named, len(named))}."
    )


def tell(result: Centres) -> Iterator[Sentence]:
    yield from _looked_at(result)
    table, centres = result.table, result.table["centre"]
    yield Sentence(f"The rule “{result.rule}”: {result.called(result.rule)}.", ("centres",))
    others = table.loc[~table["centre"] & (table["support"] >= 0.05)].head(3)
    if centres.any() and result.sure and len(others):
        near = joined(_with_support(result, others))
        yield Sentence(f"Not centres, but most often so in the resamples: {near}.", ("centres",))
    yield _agreement(result)
    if table["community"].nunique() > 1 and table["role"].notna().any():
        parts = []
        for role, words in ROLES.items():
            of_role = table.loc[table["role"] == role]
            of_role = of_role.sort_values("z", ascending=False, kind="stable")
            if len(of_role):
                hubs = [name(each) for each in of_role["name"].head(3)] if role >= "R5" else []
                named = f": {some(hubs, len(of_role))}" if hubs else ""
                parts.append(f"{words} ({role}), {len(of_role):,}{named}")
        yield Sentence(f"Places by their role: {'; '.join(parts)}.", ("centres",))


def _looked_at(result: Centres) -> Iterator[Sentence]:
    structure, mark, source = result.plan, result.context.mark, ("structure",)
    layers = [name(mark(layer)) for layer in structure.network.layers]
    added = " together, with their weights added up:" if len(layers) > 1 else ""
    text = f"Centres, indices and communities are those of the {structure.layers}{added} "
    yield Sentence(f"{text}{some(layers, len(layers), most=10)}.", source)
    if structure.modelled_beside:
        beside = joined([name(mark(layer)) for layer in structure.modelled_beside])
        text = f"Apart from them: {beside}. There are no intervals and no tests for what a model "
        yield Sentence(f"{text}made: its links are no evidence.", source)
    for omitted in structure.left_out:
        yield Sentence(f"Not computed: {omitted.result}, as {omitted.why}.", source)
    if result.test.by_chance:
        text = f"Communities are no clearer than chance makes them ({result.against_chance})"
        if left_out := [f"“{rule}”" for rule in BY_COMMUNITY if rule not in result.asked]:
            text += f", so that rules that look at them are left out: {joined(left_out)}"
        if result.rule != structure.options.rule:
            text += f". The rule “{result.rule}” stands in for “{structure.options.rule}”"
        yield Sentence(f"{text}.", source)


def _with_support(result: Centres, rows: pd.DataFrame) -> list[str]:
    return [
        f"{name(called)} ({percent(support)})" if result.sure else name(called)
        for called, support in zip(rows["name"], rows["support"], strict=True)
    ]


def _agreement(result: Centres) -> Sentence:
    rules, asked = result.rules, result.asked
    count = rules[asked].sum()
    fewest, most = (
        f"{count[rule]:,} (“{rule}”{'' if rule == result.rule else f': {result.called(rule)}'})"
        for rule in (str(count.idxmin()), str(count.idxmax()))
    )
    text = f"The number of centres depends on the rule: from {fewest} to {most}."
    if count.min() == count.max():
        text = f"The number of centres is the same by all {len(asked)} rules: {count.min():,}."
    agreeing = rules[asked].sum(axis=1).sort_values(ascending=False, kind="stable")
    agreeing = agreeing[agreeing > len(asked) / 2]
    called = rules["name"].reindex(agreeing.index).head(NAMED)
    named = [f"{name(place)} ({n:,})" for place, n in zip(called, agreeing, strict=False)]
    text += f" By most of the {len(asked)} rules {_of_places(len(agreeing), len(rules))}"
    text += f": {some(named, len(agreeing))}." if named else "."
    text += _ties(result, [rule for rule in asked if rule != result.rule])
    return Sentence(text, ("centre_rules",))


def draw(result: Centres) -> Iterator[Picture]:
    table, network = result.table, result.context.cities
    at = network.storage.places[["lon", "lat"]].reindex(network.storage.nodes["place"])
    at = at.set_axis(network.storage.nodes.index).reindex(table.index).dropna()
    if not at.empty:
        frame = result.maps.detail_with(at, at.loc[table["centre"].reindex(at.index)])
        figure = new_figure(height=map_height(frame))
        plotting.plot_centres(
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
        alt = "Map with a square at each centre and a circle at each other place, larger if "
        alt += "stronger."
        yield Picture("centres", figure, caption, ("centres", "map_places"), alt=alt)
    else:
        by_rule = result.rules[result.asked]
        shown = min(int((by_rule.sum(axis=1) > 0).sum()) or 1, PLACES_DRAWN)
        figure = new_figure(width=DOUBLE, height=16 + 5.2 * shown)
        ax = figure.add_subplot()
        plotting.plot_centre_rules(by_rule, names=result.drawn_names, top=shown, ax=ax)
        caption, source = "Which places are centres by which rules.", ("centre_rules",)
        alt = "Table with a square where a place is a centre by a rule, and a point where not."
        note = "; ".join(f"“{rule}”: {result.called(rule)}" for rule in result.asked) + "."
        yield Picture("centre_rules", figure, caption, source, alt=alt, note=note)
    if table["role"].nunique() >= ROLES_DRAWN:
        figure = new_figure(width=DOUBLE, height=100)
        plotting.plot_roles(table, names=result.drawn_names, ax=figure.add_subplot())
        caption = "How places stand inside their community (upwards: more links there than its "
        caption += "other places have) and across communities (rightwards: links spread over more "
        caption += "of them)."
        alt = "Points of places over the seven areas of the roles of Guimerà and Amaral."
        yield Picture("roles", figure, caption, ("centres",), alt=alt)


def tables(result: Centres) -> Iterator[Table]:
    modelled, structure, mark = result.plan.modelled, result.plan, result.context.mark
    agreement = {"agreement": out_of(len(result.asked))}
    frame = with_modelled(result.table, modelled, always=True)
    caption = "Places by whether they are centres, how sure that is, and their role."
    formats = {"support": percent, **agreement}
    yield Table("centres", frame, caption, modelled=modelled, formats=formats)
    frame = with_modelled(result.rules, modelled, always=True)
    caption = "Which places are centres (1) by each of the rules, and share of the rules."
    yield Table("centre_rules", frame, caption, modelled=modelled, formats=agreement)
    settings = {
        "layers together": "; ".join(map(mark, structure.network.layers)),
        "layers apart": "; ".join(map(mark, structure.modelled_beside)),
        **{key.replace("_", " "): value for key, value in structure.options.model_dump().items()},
        "minimum share": result.least,
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


def question(_: Centres) -> str:
    return "Which places are centres?"
