"""What the experiment found: what changes, how sure that is, and whether other uses do better."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from netinnov.study._section import Sentence
from netinnov.study._words import counted, joined, number, per_cent_of, percent, phrase
from netinnov.study.sections._trials import ACCESS, EFFICIENCY, INEQUALITY, Trial

if TYPE_CHECKING:
    from netinnov.study.sections.experiment import Experiment

NOISE = 1e-9
"""Of the baseline: what rounding and searches that stop early leave of no change."""

SURE = 0.9
"""Share of placements from which a direction is called clear."""

Row = Any
"""A row of effects, as `DataFrame.itertuples` and `iterrows` give it."""


def headline(result: Experiment) -> Iterator[Sentence]:
    """What the park does to home, funded in each way, and whether other uses do more."""
    home = result.name(result.part.home)
    for row in _rows(result.of(result.headline, result.access), result.part.home):
        verdict = _verdict(row, _access_of(result, result.part.home))
        if result.of_volume and result.options.distance == "unit":
            verdict += " Access counts links, and the park moves weight: distance = "
            verdict += '"inverse" in [measures] measures that too, as PageRank does.'
        yield Sentence(phrase("{}: {}", _tried(result), verdict), ("scenario", "effects"))
    for other in result.enclaves[1:]:
        if other.funding == result.headline.funding:
            continue
        for row in _rows(result.of(other, result.access), result.part.home):
            new = other.funding == "new"
            origin = "came on top" if new else phrase("were taken from {}'s own", home)
            text = phrase(
                "If the links {}: {}", origin, _verdict(row, _access_of(result, result.part.home))
            )
            if new and result.access == ACCESS:
                text += " (New links cannot lower it: only the size of the change says something.)"
            yield Sentence(text, ("effects",))
    yield from _rivals(result)


def changes_elsewhere(result: Experiment) -> Iterator[Sentence]:
    """What the headline scenario changes for host, other places and the whole network."""
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
    """How many places gain and lose in the median placement, and which of them most."""
    rows = rows.dropna(subset="median")
    if rows.empty:
        return
    least = NOISE * rows["baseline"].abs()
    gain, lose = int((rows["median"] > least).sum()), int((rows["median"] < -least).sum())
    if len(rows) == 1:
        verb = "gains" if gain else "loses" if lose else "neither gains nor loses"
        alone = f"The one other place {verb} {measured}{_of_placements(rows)}."
        yield Sentence(alone, ("effects",))
        return
    text = (
        f"Of the {len(rows):,} other places, {gain or 'none'} {'gain' if gain > 1 else 'gains'} "
        f"{measured} and {lose or 'none'} {'lose' if lose > 1 else 'loses'} "
        f"it{_of_placements(rows)}"
    )
    share = rows["median"] / rows["baseline"].abs().where(rows["baseline"] != 0)
    ordered = rows.iloc[share.fillna(rows["median"]).argsort(kind="stable")]
    parts: list[str] = [text]
    if gain:
        parts.append(phrase("largest gain: {}", _place_and_change(result, ordered.iloc[-1])))
    if lose:
        parts.append(phrase("largest loss: {}", _place_and_change(result, ordered.iloc[0])))
    yield Sentence(phrase("{}.", joined(parts, between="; ", last="; ")), ("effects",))


def trust(result: Experiment) -> Iterator[Sentence]:
    """Placebo hosts, break-even prices, and other set-ups."""
    yield from _hosts(result)
    yield from _priced(result)
    yield from _specified(result)


def _of_placements(rows: pd.DataFrame) -> str:
    """That a number is a median, where there are several."""
    return " (median of the placements)" if rows["replicates"].max() > 1 else ""


def _measured(result: Experiment) -> str:
    return "access (harmonic closeness)" if result.access == ACCESS else "PageRank"


def _access_of(result: Experiment, place: str) -> str:
    return phrase("{}'s {}", result.name(place), _measured(result))


def _rows(effects: pd.DataFrame, node: str) -> list[Row]:
    """Rows of one place: one, or none where it was not measured."""
    return [row for _, row in effects[effects["node"] == node].iterrows()]


def _tried(result: Experiment) -> str:
    part = result.part
    text = phrase(
        "If {} had a park in {} with {}",
        result.name(part.home),
        result.name(part.host),
        result.headline.words_of_amount,
    )
    if result.headline.funding == "reallocated":
        amount = "as much weight" if result.of_volume else "as many"
        return text + f" and gave up {amount} of its own links for it"
    return text + " on top of all links that there are"


def _verdict(row: Row, subject: str) -> str:
    """Rises, falls or neither, by which part of what it was, in how many placements."""
    change, before = float(row["median"]), float(row["baseline"])
    if math.isnan(change):
        return phrase("{} is not defined before or after.", subject)
    if _none(row):
        more = " in all placements" if row["replicates"] > 1 else ""
        return phrase("{} stays as it is{}.", subject, more)
    size, low, high = per_cent_of([abs(change), row["low"], row["high"]], before)
    size = size.lstrip("+")
    verb = "rises" if change > 0 else "falls"
    middle = f"{verb} by {size} in the median placement"
    if change == 0:
        middle = "stays as it is in the median placement"
    if row["replicates"] < 2:
        return phrase("{} {} by {}.", subject, verb, size)
    between = f"95 % of placements lie between {low} and {high}"
    if _clear(row):
        share = row["same_sign"]
        where = "every placement" if share == 1 else f"{percent(share)} of the placements"
        text = phrase("{} {}, and {} in {}", subject, middle, verb, where)
        return text + ("." if low == high else f" (the middle 95 %: {low} to {high}).")
    if row["low"] < 0 < row["high"]:
        template = "{} may rise or fall, depending on where the links are placed: it {}; {}."
        return phrase(template, subject, middle, between)
    return phrase("{} {}, but not everywhere: {}.", subject, middle, between)


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
    changes = [float(row["median"]), row["low"], row["high"]]
    size, low, high = per_cent_of(changes, float(row["baseline"]))
    interval = f"Theil index {size}"
    if row["replicates"] >= 2:
        interval += f" in the median placement, 95 % of placements between {low} and {high}"
    if not _clear(row):
        return f"Whether places converge or diverge depends on the placement ({interval})."
    way = "less unequal: places converge" if row["median"] < 0 else "more unequal: places diverge"
    return f"Access becomes {way} ({interval})."


def _place_and_change(result: Experiment, row: Row) -> str:
    """A place and its change in per cent, with its interval where several placements were drawn."""
    change, low, high = per_cent_of([row["median"], row["low"], row["high"]], row["baseline"])
    text = phrase("{}, {}", result.name(row["node"]), change)
    return text if row["replicates"] < 2 else text + f" (95 % of placements: {low} to {high})"


def _rivals(result: Experiment) -> Iterator[Sentence]:
    """Better, worse or no clear difference, for home, with as many links or the same money."""
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
        higher = float(row["higher"])
        if row["low"] == row["high"] == 0:
            sides["about as good as"].append(_in_words(result, trial))
        elif row["difference"] * (higher - 0.5) > 0 and max(higher, 1 - higher) >= SURE:
            side, share = ("better", higher) if row["difference"] > 0 else ("worse", 1 - higher)
            often = [f"in {percent(share)} of the placements"] if row["replicates"] > 1 else []
            sides[f"{side} than"].append(_in_words(result, trial, *often))
        else:
            sides["about as good as"].append(
                _in_words(result, trial, f"better than it in {percent(higher)}")
            )
    parts = [f"{side} {joined(rivals)}" for side, rivals in sides.items() if rivals]
    if parts:
        text = phrase(
            "Compared with other uses of {} and judged by {}, the park is {}.",
            "the same money"
            if result.prices
            else "as much weight"
            if result.of_volume
            else "as many links",
            _access_of(result, result.part.home),
            "; ".join(parts),
        )
        if (sides["better than"] or sides["worse than"]) and mine["replicates"].max() > 1:
            text += f" Better and worse: in {percent(SURE)} of the placements or more."
        yield Sentence(text, ("contrasts", *(["costs"] if result.prices else [])))


def _in_words(result: Experiment, trial: Trial, *more: str) -> str:
    """What a rival is, and if it was paid for, how many links it has."""
    notes = [*([trial.words_of_amount] if result.prices else []), *more]
    return f"{trial.words} ({'; '.join(notes)})" if notes else trial.words


def _priced(result: Experiment) -> Iterator[Sentence]:
    """At which price of a park it does as much per cost as its rivals, for home."""
    table = result.break_even
    if table is None:
        return
    home = result.part.home
    rows = table[
        table["measure"].eq(result.access) & table["node"].eq(home) & table["of"].eq("park")
    ]
    words = {trial.name: _in_words(result, trial) for trial in result.rivals}
    texts, lost = [], []
    for _, row in rows.iterrows():
        rival, ratio = words[str(row["rival"])], float(row["ratio"])
        if row["better"] in ("above", "below") and not math.isnan(ratio):
            than = "more" if row["better"] == "above" else "less"
            texts.append(
                f"more than {rival} if a park costs {than} than {number(ratio, digits=2)} times "
                "the price assumed"
            )
        elif row["better"] in ("always", "never"):
            direction = "more" if row["better"] == "always" else "less"
            texts.append(f"{direction} than {rival} whatever a park costs, as {row['why']}")
        elif row["better"] == "neither":
            lost.append(rival)
    subject = _access_of(result, home)
    if texts:
        text = phrase("Per cost the park does for {} {}.", subject, "; ".join(texts))
        yield Sentence(text, ("break_even_prices",))
    if lost:
        text = phrase(
            "No price of a park is a break-even with {}: neither these nor the park add to {}, and "
            "no price makes up for a loss.",
            joined(lost),
            subject,
        )
        yield Sentence(text, ("break_even_prices",))


def _specified(result: Experiment) -> Iterator[Sentence]:
    """Whether the direction depends on how the experiment was set up."""
    data = "The data were not resampled: how far the finding depends on them is not known "
    data += "(resample= in compare_scenarios)."
    table = result.specifications
    rows = None if table is None else table[table["measure"] == ACCESS].dropna(subset="median")
    if rows is None or rows.empty:
        text = (
            "Neither the data nor the set-up were varied: how far the finding depends on them is "
        )
        text += "not known (resample= in compare_scenarios, and specification_curve, do that)."
        yield Sentence(text, ("scenario",))
        return
    parts = []
    for funding, of_funding in rows.groupby("funding", sort=False):
        least = NOISE * of_funding["baseline"].abs()
        up = int((of_funding["median"] > least).sum())
        down = int((of_funding["median"] < -least).sum())
        counts = ((up, "rises"), (down, "falls"), (len(of_funding) - up - down, "stays"))
        counted_directions = [f"{verb} in {n}" for n, verb in counts if n]
        parts.append(f"with {funding} funding it {joined(counted_directions)}")
    values = [
        f"{column} {joined([f'{value:g}' for value in dict.fromkeys(rows[column])])}"
        for column in ("attachment", "border")
        if rows[column].nunique() > 1
    ]
    if result.options.distance == "inverse" and not result.options.border:
        values[-1] = "border 0, half and all of the median length of a link"
    relative = rows["median"] / rows["baseline"].abs()
    median = float(relative.median())
    change = f"changes by {per_cent_of([median], 1.0)[0]}" if median else "stays as it is"
    text = phrase(
        "Set up in {} ways (both kinds of funding, {}; {} each), {}'s access {} in the median of "
        "them",
        len(rows),
        "; ".join(values),
        counted(int(rows["replicates"].max()), "placement"),
        result.name(result.part.home),
        change,
    )
    if median:
        same = int((relative * median > 0).sum())
        text += f", and {same:,} of them {'has' if same == 1 else 'have'} its sign"
    yield Sentence(text + f": {'; '.join(parts)}. {data}", ("specifications",))


def _hosts(result: Experiment) -> Iterator[Sentence]:
    """Where home would stand with the same park at hosts that are similar to this one."""
    home = result.part.home
    rows = _rows(result.of(result.headline, result.access), home)
    if not rows or "placebo_n" not in rows[0] or not rows[0]["placebo_n"]:
        return
    row = rows[0]
    if pd.isna([row["difference"], row["placebo_low"], row["placebo_high"]]).any():
        return
    changes = [float(row["difference"]), row["placebo_low"], row["placebo_high"]]
    change, low, high = per_cent_of(changes, float(row["baseline"]))
    n, host = int(row["placebo_n"]), result.name(result.part.host)
    if not any(changes):
        where = counted(n, "other host")
        text = phrase(
            "At {} the same park would not change {} either.", where, _access_of(result, home)
        )
        yield Sentence(text, ("effects",))
        return
    span = low if low == high else f"between {low} and {high} (95 % of them)"
    # A limited number of hosts are the most similar ones; without a limit all hosts are there.
    every = result.part.placebos is None
    like = "" if every else phrase(" similar to {} in {}", host, joined(result.match))
    text = phrase(
        "At {}{}, the same park would change {} by {}; in {} it is {} on average",
        counted(n, "other host"),
        like,
        _access_of(result, result.part.home),
        span,
        host,
        change,
    )
    if row["difference"] > row["placebo_high"]:
        text += ", more than that"
    elif row["difference"] < row["placebo_low"]:
        text += ", less than that"
    elif n > 1:
        text += ", within that"
    if pd.notna(row["placebo_p"]):
        text += (
            f" (p = {row['placebo_p']:.2g} by its rank among them, {row['corrected_p']:.2g} "
            f"corrected; with {counted(n, 'host')} no p is below {min(1, 2 / (n + 1)):.2g})"
        )
        if pd.notna(row["beyond"]):
            text += phrase(
                ". {} lies beyond all of them ({}), so that p reflects this gap as much as the "
                "place",
                host,
                row["beyond"],
            )
    elif pd.notna(row["why_no_p"]):
        text += f". There is no test, as {row['why_no_p']}"
    yield Sentence(text + ".", ("effects",))
