"""What the experiment found: what changes, how sure that is, and whether other uses do better."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netinnov.study._section import Sentence
from netinnov.study._words import counted, has, joined, name, number, per_cent_of, percent
from netinnov.study.sections._trials import ACCESS, EFFICIENCY, INEQUALITY, Trial

if TYPE_CHECKING:
    from netinnov.study.sections.experiment import Experiment

NOISE = 1e-9  # of the baseline: what rounding and searches that stop early leave of no change
SURE = 0.9  # share of placements from which a direction is called clear
Row = Any  # a row of effects


def headline(result: Experiment) -> Iterator[Sentence]:
    home, host = result.name(result.part.home), result.name(result.part.host)
    subject = _access_of(result, result.part.home)
    for row in _rows(result.of(result.headline, result.access), result.part.home):
        text = f"If {home} had a park in {host} with {amount_of(result)} "
        if result.headline.funding == "reallocated":
            amount = "as much weight" if result.of_volume else "as many"
            text += f"and gave up {amount} of its own links for it"
        else:
            text += "on top of all links that there are"
        text += f": {_verdict(row, subject)}"
        if result.measures.distance != result.context.measures.distance:
            text += f" {home} and {host} are linked already, so that access is counted by weight "
            text += 'here, not in steps (distance = "inverse").'
        elif result.of_volume and result.measures.distance == "unit":
            text += " Access counts links, and the park moves weight: distance = "
            text += '"inverse" in [measures] measures that too, as PageRank does.'
        yield Sentence(text, ("scenario", "effects"))
    for other in result.enclaves[1:]:
        if other.funding == result.headline.funding:
            continue
        for row in _rows(result.of(other, result.access), result.part.home):
            new = other.funding == "new"
            origin = "came on top" if new else f"were taken from {home}'s own"
            text = f"If the links {origin}: {_verdict(row, subject)}"
            if new and result.access == ACCESS:
                text += " (New links cannot lower it: only the size of the change says something.)"
            yield Sentence(text, ("effects",))
    yield from _rivals(result)


def amount_of(result: Experiment) -> str:
    """What the park gets; a share is one of the layer where its links are placed."""
    words, trial = result.headline.words_of_amount, result.headline
    if trial.sized.volume_share is None or len(result.context.cities.layers) == 1:
        return words
    return f"{words} in {name(result.context.mark(result.layer))}"


def changes_elsewhere(result: Experiment) -> Iterator[Sentence]:
    part, source = result.part, ("effects",)
    rows = result.of(result.headline, result.access)
    for row in _rows(rows, part.host):
        yield Sentence(_verdict(row, _access_of(result, part.host)), source)
    yield from others(result, rows[~rows["node"].isin([part.home, part.host])], _measured(result))
    for _, row in result.of(result.headline, EFFICIENCY).iterrows():
        subject = "The efficiency of the whole network (mean of 1 / distance over all pairs)"
        yield Sentence(_verdict(row, subject), source)
    for _, row in result.of(result.headline, INEQUALITY).iterrows():
        yield Sentence(_convergence(row), source)


def others(result: Experiment, rows: pd.DataFrame, measured: str) -> Iterator[Sentence]:
    rows = rows.dropna(subset="median")
    if rows.empty:
        return
    least = NOISE * rows["baseline"].abs()
    gain, lose = int((rows["median"] > least).sum()), int((rows["median"] < -least).sum())
    drawn = " (median of the placements)" if rows["replicates"].max() > 1 else ""
    if len(rows) == 1:
        verb = "gains" if gain else "loses" if lose else "neither gains nor loses"
        yield Sentence(f"The one other place {verb} {measured}{drawn}.", ("effects",))
        return
    text = f"Of the {len(rows):,} other places, {gain or 'none'} {'gain' if gain > 1 else 'gains'} "
    text += f"{measured} and {lose or 'none'} {'lose' if lose > 1 else 'loses'} it{drawn}"
    share = rows["median"] / rows["baseline"].abs().where(rows["baseline"] != 0)
    share = share.fillna(rows["median"])
    for n, word, at in ((gain, "gain", share.argmax()), (lose, "loss", share.argmin())):
        if n:
            row = rows.iloc[at]
            change, low, high = _sizes(row)
            alike = int(np.isclose(share, share.iloc[at], rtol=1e-9, atol=0).sum())
            more = f" and {alike - 1:,} more" if alike > 1 else ""
            text += f"; largest {word}: {result.name(row['node'])}{more}, {change}"
            if low != high:
                text += f" (95 % of placements: {low} to {high})"
    yield Sentence(f"{text}.", ("effects",))


def trust(result: Experiment) -> Iterator[Sentence]:
    yield from _hosts(result)
    yield from _priced(result)
    yield _specified(result)


def _measured(result: Experiment) -> str:
    return "access (harmonic closeness)" if result.access == ACCESS else "PageRank"


def _access_of(result: Experiment, place: str) -> str:
    return f"{result.name(place)}'s {_measured(result)}"


def _rows(effects: pd.DataFrame, node: str) -> list[Row]:
    return [row for _, row in effects[effects["node"] == node].iterrows()]


def _sizes(row: Row) -> list[str]:
    return per_cent_of([row["median"], row["low"], row["high"]], float(row["baseline"]))


def _verdict(row: Row, subject: str) -> str:
    change, several = float(row["median"]), row["replicates"] > 1
    if math.isnan(change):
        return f"{subject} is not defined before or after."
    if _none(row):
        return f"{subject} stays as it is{' in all placements' * bool(several)}."
    verb = "rises" if change > 0 else "falls"
    size, low, high = per_cent_of([abs(change), row["low"], row["high"]], float(row["baseline"]))
    size = size.lstrip("+")
    if not several:
        return f"{subject} {verb} by {size}."
    middle = f"{verb} by {size}" if change else "stays as it is"
    middle += " in the median placement"
    if _clear(row):
        share = row["same_sign"]
        where = "every placement" if share == 1 else f"{percent(share)} of the placements"
        return f"{subject} {middle}, and {verb} in {where}{middle_95(low, high)}."
    between = f"95 % of placements lie between {low} and {high}"
    if row["low"] < 0 < row["high"]:
        text = f"{subject} may rise or fall, depending on where the links are placed: it {middle}; "
        return f"{text}{between}."
    return f"{subject} {middle}, but not everywhere: {between}."


def middle_95(low: str, high: str) -> str:
    """Interval over placements in brackets; empty where its ends are written alike."""
    return "" if low == high else f" (the middle 95 %: {low} to {high})"


def _none(row: Row) -> bool:
    size = max(abs(float(row[column])) for column in ("difference", "low", "high"))
    return size <= NOISE * abs(float(row["baseline"]))


def _clear(row: Row) -> bool:
    """Whether median, mean and most placements agree on a direction."""
    return bool(row["same_sign"] >= SURE and row["difference"] * row["median"] > 0)


def _convergence(row: Row) -> str:
    if math.isnan(row["median"]):
        return "The inequality of access over places is not defined before or after."
    if _none(row):
        return "Access is as unequal over places as before: places neither converge nor diverge."
    size, low, high = _sizes(row)
    interval = f"Theil index {size}"
    if row["replicates"] >= 2:
        interval += " in the median placement"
    if low != high:
        interval += f", 95 % of placements between {low} and {high}"
    if not _clear(row):
        return f"Whether places converge or diverge depends on the placement ({interval})."
    way = "less unequal: places converge" if row["median"] < 0 else "more unequal: places diverge"
    return f"Access becomes {way} ({interval})."


def _rivals(result: Experiment) -> Iterator[Sentence]:
    table = result.contrasts
    if table is None:
        return
    mine = table[table["measure"].eq(result.access) & table["node"].eq(result.part.home)]
    mine = mine.dropna(subset="difference").set_index("rival")
    sides: dict[str, list[str]] = {"better than": [], "worse than": [], "about as good as": []}
    for trial in result.rivals:
        if trial.name not in mine.index:
            continue
        row: Row = mine.loc[trial.name]
        higher, side, notes = float(row["higher"]), "about as good as", []
        if row["difference"] * (higher - 0.5) > 0 and max(higher, 1 - higher) >= SURE:
            side = "better than" if row["difference"] > 0 else "worse than"
            notes = [f"in {percent(max(higher, 1 - higher))} of the placements"]
            notes = notes if row["replicates"] > 1 else []
        elif not row["low"] == row["high"] == 0:
            notes = [f"better than it in {percent(higher)}"]
        sides[side].append(_in_words(result, trial, *notes))
    parts = [f"{side} {joined(rivals)}" for side, rivals in sides.items() if rivals]
    if parts:
        amount = "as much weight" if result.of_volume else "as many links"
        text = f"Compared with other uses of {'the same money' if result.prices else amount} and "
        text += f"judged by {_access_of(result, result.part.home)}, the park is {'; '.join(parts)}."
        if (sides["better than"] or sides["worse than"]) and mine["replicates"].max() > 1:
            text += f" Better and worse: in {percent(SURE)} of the placements or more."
        yield Sentence(text, ("contrasts", *(["costs"] if result.prices else [])))


def _in_words(result: Experiment, trial: Trial, *more: str) -> str:
    notes = [*([trial.words_of_amount] if result.prices else []), *more]
    return f"{trial.words} ({'; '.join(notes)})" if notes else trial.words


def _priced(result: Experiment) -> Iterator[Sentence]:
    table = result.break_even
    if table is None:
        return
    of_home = table["measure"].eq(result.access) & table["node"].eq(result.part.home)
    words = {trial.name: _in_words(result, trial) for trial in result.rivals}
    texts, lost = [], []
    for _, row in table[of_home & table["of"].eq("park")].iterrows():
        rival, better, ratio = words[str(row["rival"])], row["better"], float(row["ratio"])
        if better in ("above", "below") and not math.isnan(ratio):
            than = "more" if better == "above" else "less"
            cost = f"a park costs {than} than {number(ratio, digits=2)} times the price assumed"
            texts.append(f"more than {rival} if {cost}")
        elif better in ("always", "never"):
            direction = "more" if better == "always" else "less"
            texts.append(f"{direction} than {rival} whatever a park costs, as {row['why']}")
        elif better == "neither":
            lost.append(rival)
    subject = _access_of(result, result.part.home)
    if texts:
        text = f"Per cost the park does for {subject} {'; '.join(texts)}."
        yield Sentence(text, ("break_even_prices",))
    if lost:
        text = f"No price of a park is a break-even with {joined(lost)}: neither these nor the "
        text += f"park add to {subject}, and no price makes up for a loss."
        yield Sentence(text, ("break_even_prices",))


def _specified(result: Experiment) -> Sentence:
    table, measures = result.specifications, result.measures
    rows = None if table is None else table[table["measure"] == ACCESS].dropna(subset="median")
    if rows is None or rows.empty:
        text = "Neither the data nor the set-up were varied: how far the finding depends on them "
        text += "is not known (resample= in compare_scenarios, and specification_curve, do that)."
        return Sentence(text, ("scenario",))
    parts = []
    for funding, of_funding in rows.groupby("funding", sort=False):
        least = NOISE * of_funding["baseline"].abs()
        up = int((of_funding["median"] > least).sum())
        down = int((of_funding["median"] < -least).sum())
        counts = ((up, "rises"), (down, "falls"), (len(of_funding) - up - down, "stays"))
        directions = joined([f"{verb} in {n}" for n, verb in counts if n])
        parts.append(f"with {funding} funding it {directions}")
    values = [
        f"{column} {joined([f'{value:g}' for value in dict.fromkeys(rows[column])])}"
        for column in ("attachment", "border")
        if rows[column].nunique() > 1
    ]
    if measures.distance == "inverse" and not measures.border:
        values[-1] = "border 0, half and all of the median length of a link"
    before = rows["baseline"].abs()
    known = float((before > 0).all())  # changes stand as they are if there was nothing before
    relative = rows["median"] / before if known else rows["median"]
    median = float(relative.median())
    change = f"changes by {per_cent_of([median], known)[0]}" if median else "stays as it is"
    placements = counted(int(rows["replicates"].max()), "placement")
    text = f"Set up in {len(rows)} ways (both kinds of funding, {'; '.join(values)}; {placements} "
    text += f"each), {result.name(result.part.home)}'s access {change} in the median of them"
    if median:
        same = int((relative * median > 0).sum())
        text += f", and {same:,} of them {has(same)} its sign"
    text += f": {'; '.join(parts)}. The data were not resampled: how far the finding depends on "
    text += "them is not known (resample= in compare_scenarios)."
    return Sentence(text, ("specifications",))


def _hosts(result: Experiment) -> Iterator[Sentence]:
    home, host = result.part.home, result.name(result.part.host)
    rows = _rows(result.of(result.headline, result.access), home)
    if not rows or "placebo_n" not in rows[0] or not rows[0]["placebo_n"]:
        return
    row = rows[0]
    changes = [float(row[column]) for column in ("difference", "placebo_low", "placebo_high")]
    if pd.isna(changes).any():
        return
    change, low, high = per_cent_of(changes, float(row["baseline"]))
    n, subject = int(row["placebo_n"]), _access_of(result, home)
    where = counted(n, "other host")
    if not any(changes):
        text = f"At {where} the same park would not change {subject} either."
        yield Sentence(text, ("effects",))
        return
    span = low if low == high else f"between {low} and {high} (95 % of them)"
    if result.part.placebos is not None:  # those most similar; without a limit all hosts are there
        where += f" similar to {host} in {joined(result.match)}"
    text = f"At {where}, the same park would change {subject} by {span}; in {host} it is {change} "
    text += "on average"
    if changes[0] > changes[2]:
        text += ", more than that"
    elif changes[0] < changes[1]:
        text += ", less than that"
    elif low != high:
        text += ", within that"
    if pd.notna(row["placebo_p"]):
        text += f" (p = {row['placebo_p']:.2g} by its rank among them, {row['corrected_p']:.2g} "
        text += f"corrected; with {counted(n, 'host')} no p is below {min(1, 2 / (n + 1)):.2g})"
        if pd.notna(row["beyond"]):
            gap = str(row["beyond"]).replace(f" of {result.part.host} (", f" of {host} (")
            text += f". {host} lies beyond all of them, by {gap}, so that p reflects this gap as "
            text += "much as the place"
    elif pd.notna(row["why_no_p"]):
        text += f". There is no test, as {row['why_no_p']}"
    yield Sentence(text + ".", ("effects",))
