"""Events of very many members: they are left out, or some of their members are sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw

from netinnov._arguments import as_whole, check_choice, check_rng
from netinnov.errors import InputError

LargeEvents = Literal["drop", "sample"]

PRIME = 2**31 - 1  # seats are hashed to the whole numbers below it


@dataclass(frozen=True, slots=True)
class Limit:
    """What is done with events of more than so many members.

    The sample is made from four random numbers below `PRIME`; without them large events are left
    out.
    """

    max_members: int
    coefficients: tuple[int, ...] = ()

    @property
    def sampled(self) -> bool:
        return bool(self.coefficients)


def as_limit(max_members: Any, large_events: Any, rng: Any) -> Limit | None:
    check_choice("large_events", large_events, LargeEvents)
    if max_members is None:
        if large_events == "sample":
            msg = "`large_events` = 'sample' needs `max_members`, the members of an event that are "
            raise InputError(f"{msg}kept on average; give both.")
        return None
    limit = Limit(as_whole("max_members", max_members, low=2))
    if large_events == "drop":
        return limit
    drawn = check_rng(rng).integers(PRIME, size=4)
    return Limit(limit.max_members, tuple(map(int, drawn)))


def with_kept(seats: Any, event: list[str], member: list[str], limit: Limit) -> Any:
    """Mark the seats (members in an event) that are in the sample: ``kept`` is 1.0 or 0.0.

    The seats of large events are numbered by the text of the event and the member, and a
    polynomial with random coefficients gives each number a hash: any four hashes are independent
    (Wegman and Carter 1981), so that any four seats are. The same seats are kept in any library
    and any order of rows.
    """
    k, most = nw.col("k"), limit.max_members
    large = seats.group_by(event).agg(nw.len().alias("k")).filter(k > most)
    numbered = seats.join(large, on=event)
    # Units are text, or numbers in its order; other ids may be numbers in one library only.
    ids = [name for name in ("event", *member) if name != "unit"]
    texts = [nw.col(name).cast(nw.String).alias(f"{name}_text") for name in ids]
    order = [*(f"{name}_text" for name in ids), *event[1:], "unit"]
    numbered = _numbered(numbered.with_columns(texts), order)
    hashed: Any = nw.lit(0, nw.Int64)
    for coefficient in limit.coefficients:  # below 2**62 before the remainder
        hashed = (hashed * nw.col("number") + coefficient) % PRIME
    below = (PRIME * nw.lit(float(most)) / k).floor()
    kept = nw.when(hashed < below).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    columns = [*event, *member, "kept"]
    others = seats.join(large.select(event), on=event, how="anti")
    others = others.with_columns(kept=nw.lit(1.0)).select(columns)
    return nw.concat([others, numbered.with_columns(kept=kept).select(columns)])


def kept_share(limit: Limit) -> Any:
    """The probability that a member of an event of ``k`` is kept."""
    k = nw.col("k")
    below = (PRIME * nw.lit(float(limit.max_members)) / k).floor()
    return nw.when(k > limit.max_members).then(below / PRIME).otherwise(nw.lit(1.0))


def add_up(table: Any, keys: list[str], columns: list[str]) -> Any:
    """The sums of some columns by others."""
    sums = table.group_by(keys).agg(nw.col(name).sum() for name in columns)
    if sums.implementation.is_dask() and len(columns) > 1:
        # Dask 2026.8 cannot join two sums of a joined table, if it knows where they come from.
        return nw.from_native(sums.to_native().map_partitions(_unchanged))
    return sums


def _unchanged(part: Any) -> Any:
    return part


def _numbered(seats: Any, order: list[str]) -> Any:
    """Number the rows from 0 in an order."""
    if seats.implementation.is_dask():  # narwhals has no row numbers for Dask
        one = seats.to_native().repartition(npartitions=1)
        return nw.from_native(one.map_partitions(_with_number, order))
    seats = seats.with_row_index("number", order_by=order)
    return seats.with_columns(nw.col("number").cast(nw.Int64))


def _with_number(seats: Any, order: list[str]) -> Any:
    return seats.sort_values(order).assign(number=range(len(seats)))
