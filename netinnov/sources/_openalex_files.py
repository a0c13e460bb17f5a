"""Files of OpenAlex, JSON lines or flattened tables: who names which institution in which work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from netinnov._network.columns import as_floats
from netinnov._runtime.arguments import examples
from netinnov._runtime.opening import opened, parse_json
from netinnov._runtime.path_kinds import kind_at_path
from netinnov.errors import InputError
from netinnov.sources._database import PIECE
from netinnov.sources._text_tables import read_pieces

Use = Callable[[pd.DataFrame], None]

MENTION = ("work", "author", "institution", "year")
INSTITUTION = ("institution", "name", "ror", "type", "country", "city", "city_id", "lat", "lon")
JSON = (".jsonl", ".jsonl.gz", ".json", ".json.gz")
FLAT = "works_authorships.csv"


def read_mentions(path: Path, use: Use, use_years: Use) -> pd.DataFrame:
    """Institutions by id; mentions go to ``use`` in pieces."""
    if kind_at_path(path) == "nothing":
        raise InputError(f"{path} does not exist; give a file or folder of OpenAlex.")
    files = [path]
    if kind_at_path(path) == "a folder":
        files = sorted(entry for entry in path.rglob("*") if entry.is_file())
    tables = {_base(file): file for file in files if _base(file).endswith(".csv")}
    if FLAT in tables:
        return _flat(tables, use, use_years)
    lines = [file for file in files if _is_json(file) or file.name.casefold().endswith(JSON)]
    if not lines:
        msg = f"{path} must hold JSON lines of OpenAlex (.jsonl, .gz) or {FLAT}; it holds "
        raise InputError(f"{msg}{examples([file.name for file in files], str) or 'nothing'}.")
    mentions: list[tuple[Any, ...]] = []
    known: dict[str, dict[str, Any]] = {}
    for file in lines:
        for where, entry in _entries(file):
            kind = _id(entry.get("id"))[:1]
            try:
                if kind == "I":
                    _learn(known, entry)
                elif kind == "W":
                    mentions += _of_work(entry, known)
            except (AttributeError, TypeError) as error:
                msg = f"{where}: {entry['id']} must be as OpenAlex writes it; {error}."
                raise InputError(msg) from None
            if len(mentions) >= PIECE:
                use(_mentions(mentions))
                mentions.clear()
    use(_mentions(mentions))
    return pd.DataFrame([*known.values()], columns=INSTITUTION).set_index("institution")


def _mentions(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=MENTION, dtype=object).astype(
        dict.fromkeys(MENTION[:3], "str")
    )
    return table.assign(year=_years(table["year"]))


def _years(values: pd.Series) -> pd.Series:
    number = as_floats(values)
    return number.where((number % 1 == 0) & (number.abs() < 2**53)).astype("Int64")


def is_openalex(folder: Path) -> bool:
    """Whether a folder holds JSON lines or flattened tables of OpenAlex, or folders of works."""
    named = any(_base(file) == FLAT or _is_json(file) for file in folder.iterdir())
    places = ("works", "data/works", "jsonl/works", "data/jsonl/works")  # the last two since 2026
    return named or any((folder / place).is_dir() for place in places)


def _base(file: Path) -> str:
    return file.name.casefold().removesuffix(".gz")


def _is_json(file: Path) -> bool:
    name = file.name.casefold()
    return name.endswith(JSON[:2]) or (name.startswith("part_") and name.endswith(".gz"))


def _entries(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with opened(file) as stream:
        for number, line in enumerate(stream, start=1):
            where, text = f"{file.name}, line {number}", line.decode("utf-8-sig", errors="replace")
            if not text.strip():
                continue
            if number == 1 and not _is_whole(text):
                text += stream.read().decode("utf-8-sig", errors="replace")
            entry = parse_json(file.name, text, first=number)
            several = entry.get("results", [entry]) if isinstance(entry, dict) else entry
            if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
                msg = f"{where} must be an object of OpenAlex, or an answer whose `results` are a "
                raise InputError(f"{msg}list of such; found {text.strip()[:40]!r}.")
            yield from ((where, each) for each in several)


def _is_whole(text: str) -> bool:
    """Whether a line is no part of an object of several lines."""
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    except (ValueError, RecursionError):
        pass
    return True


def _of_work(work: dict[str, Any], known: dict[str, dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    year = work.get("publication_year")
    for authorship in work.get("authorships") or ():
        author = _id((authorship.get("author") or {}).get("id")) or None
        affiliations = authorship.get("institutions") or ()
        for institution in affiliations:
            _learn(known, institution)
            yield _id(work["id"]), author, _id(institution.get("id")) or None, year
        if not affiliations:
            yield _id(work["id"]), author, None, year


def _learn(known: dict[str, dict[str, Any]], entry: dict[str, Any]) -> None:
    """Institution record: its own entry overrides what a work lists."""
    name = _id(entry.get("id"))
    geo = entry.get("geo") or {}
    attributes = {
        "institution": name,
        "name": entry.get("display_name"),
        "ror": entry.get("ror"),
        "type": entry.get("type"),
        "country": entry.get("country_code") or geo.get("country_code"),
        "city": geo.get("city"),
        "city_id": geo.get("geonames_city_id"),
        "lat": geo.get("latitude"),
        "lon": geo.get("longitude"),
    }
    held = known.setdefault(name, dict.fromkeys(INSTITUTION))
    own = "geo" in entry
    held.update({key: value for key, value in attributes.items() if own or held[key] is None})


def _flat(tables: dict[str, Path], use: Use, use_years: Use) -> pd.DataFrame:
    ids = {"work_id": "work", "author_id": "author", "institution_id": "institution"}
    works = {"id": "work", "publication_year": "year"}

    def mentioned(piece: pd.DataFrame) -> None:
        use(piece.assign(year=pd.array([pd.NA] * len(piece), "Int64")))

    def dated(piece: pd.DataFrame) -> None:
        use_years(piece.assign(year=_years(piece["year"])))

    _table(tables[FLAT], ids, mentioned, required=3)
    if "works.csv" in tables:
        _table(tables["works.csv"], works, dated, required=2)
    names = {"id": "institution", "display_name": "name", "ror": "ror", "type": "type"}
    about = _whole(tables, "institutions.csv", names | {"country_code": "country"})
    located = {"institution_id": "institution", "latitude": "lat", "longitude": "lon"}
    located |= {"city": "city", "geonames_city_id": "city_id", "country_code": "country_of_city"}
    geo = _whole(tables, "institutions_geo.csv", located)
    both = about.merge(geo, on="institution", how="outer")
    both["country"] = both["country"].fillna(both["country_of_city"])
    return both.set_index("institution")[list(INSTITUTION[1:])]


def _whole(tables: dict[str, Path], name: str, columns: dict[str, str]) -> pd.DataFrame:
    parts = [pd.DataFrame(columns=[*columns.values()], dtype="str")]
    if name in tables:
        _table(tables[name], columns, parts.append, required=1)
    return pd.concat(parts, ignore_index=True).drop_duplicates("institution")


def _table(file: Path, columns: dict[str, str], use: Use, *, required: int) -> None:
    asked: dict[str, Any] = {"required": [*columns][:required], "optional": [*columns][required:]}
    for piece in read_pieces(file.parent, file.name, size=PIECE, delimiter=",", **asked):
        frame = piece.frame.rename(columns=columns).reindex(columns=[*columns.values()])
        for column in {"work", "author", "institution"} & {*frame.columns}:
            frame[column] = frame[column].str.replace("^.*/", "", regex=True)
        use(frame)


def _id(text: object) -> str:
    return str(text or "").rpartition("/")[2]
