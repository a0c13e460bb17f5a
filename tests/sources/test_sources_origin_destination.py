"""Flows as a long table and as a matrix: small ones worked by hand, and Baidu's of two days."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netinnov import aggregate, build_network, centrality
from netinnov.errors import InputError
from netinnov.sources import read_origin_destination

MATRIX = ",a,b,c\na,,80,19.5\nb,60.5,1,\nc,0,,\n"
LONG = (
    "origin,destination,trips,year\na,b,80,2019\nb,a,60,2019\na,a,5,2020\nc,a,0,2020\na,c,,2020\n"
)


@pytest.fixture
def write(tmp_path):
    def write(text: str | bytes, name: str = "flows.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def rows(tables):
    return tables.links[["source", "target", "weight"]].to_numpy().tolist()


def test_matrix_of_shares(write):
    tables = read_origin_destination(write(MATRIX))
    # a: 80 + 19.5, b: 60.5 + 1, c: nothing; not all whole numbers, none above 100.
    assert rows(tables) == [["a", "b", 80.0], ["a", "c", 19.5], ["b", "a", 60.5], ["b", "b", 1.0]]
    assert set(tables.links["layer"]) == {"flow"}
    assert tables.directed == ("flow",)
    assert tables.layers["quantity"].to_dict() == {"flow": "share_of_origin"}
    assert tables.nodes.index.tolist() == ["a", "b", "c"]  # c, without any flow, as well
    assert tables.nodes["kind"].tolist() == ["place"] * 3
    assert tables.nodes["place"].tolist() == tables.nodes["name"].tolist() == ["a", "b", "c"]
    network = build_network(*tables)
    assert network.adjacency("flow").toarray().tolist() == [
        *[[0, 80, 19.5], [60.5, 1, 0], [0, 0, 0]]
    ]


@pytest.mark.parametrize("named", [True, False])
def test_matrix_as_a_frame(named):
    frame = pd.DataFrame({"a": [np.nan, 2.0], "b": [0.5, np.nan]}, index=["a", "b"])
    if not named:
        frame = frame.reset_index()
    before = frame.copy()
    tables = read_origin_destination(frame)
    assert rows(tables) == [["a", "b", 0.5], ["b", "a", 2.0]]
    pd.testing.assert_frame_equal(frame, before)


def test_long_table(write):
    with pytest.warns(UserWarning, match=r"rows left out, without a number: 1 \(line 6\)"):
        tables = read_origin_destination(write(LONG))
    assert rows(tables) == [["a", "b", 80.0], ["b", "a", 60.0], ["a", "a", 5.0]]
    assert tables.links["period"].tolist() == [2019, 2019, 2020]
    assert tables.nodes.index.tolist() == ["a", "b", "c"]
    assert tables.directed == ("flow",)
    assert build_network(*tables).n_links == 3


def test_columns_of_a_long_table_by_name(write):
    text = "N;Ziel;Start;mode\n1,5;b;a;rail\n2,5;a;b;road\n1,0;c;b;road\n"
    tables = read_origin_destination(
        write(text), columns={"Start": "source", "Ziel": "target", "N": "weight"}, decimal=","
    )
    assert rows(tables) == [["a", "b", 1.5], ["b", "a", 2.5], ["b", "c", 1.0]]
    assert tables.links["mode"].tolist() == ["rail", "road", "road"]  # an attribute of the link


@pytest.mark.parametrize(
    "layers", [["a", None, "b"], ["a", 7.5, "b"], [7, None, 8], ["a", " ", "b"]]
)
def test_a_flow_without_a_layer_is_named(layers):
    flows = pd.DataFrame({"source": list("abc"), "target": list("bca"), "layer": layers})
    with pytest.raises(InputError, match="'layer'; 1 flows have none: b to c"):
        read_origin_destination(flows)


def test_layers_of_a_long_table_and_a_period_for_all(write):
    text = "layer,source,target,weight\nrail,a,b,2\nroad,b,a,3\n"
    tables = read_origin_destination(write(text), period=2020)
    assert tables.directed == ("rail", "road")
    assert tables.links["period"].tolist() == [2020, 2020]


FLOWS = pd.DataFrame([[0, 7, 1], [2, 0, 9], [4, 5, 3]], list("abc"), list("abc"))


def test_rows_that_are_destinations_are_the_transposed_matrix():
    outbound = read_origin_destination(FLOWS)
    inbound = read_origin_destination(FLOWS.T, rows="destination")
    for network in (build_network(*tables) for tables in (outbound, inbound)):
        np.testing.assert_array_equal(network.adjacency("flow").toarray(), FLOWS)


@pytest.mark.parametrize("corner", ["To", "终点"])
def test_a_corner_that_names_destinations_is_asked_about(write, corner):
    path = write(FLOWS.rename_axis(corner).to_csv())
    with pytest.raises(InputError, match=rf"corner of the matrix, '{corner}', .* rows='destin"):
        read_origin_destination(path)
    for rows, matrix in (("origin", FLOWS), ("destination", FLOWS.T)):
        network = build_network(*read_origin_destination(path, rows=rows))
        np.testing.assert_array_equal(network.adjacency("flow").toarray(), matrix)


ARRIVED = pd.Series({"a": 6, "b": 12, "c": 13})  # sums of the columns of FLOWS
SENT = pd.Series({"a": 8, "b": 11, "c": 12})
REACHES = r"what reaches each destination adds up to 1(00)?, so the weights were read as shares of"


def test_shares_of_what_arrives_are_told_and_never_taken_for_shares_of_what_leaves():
    inflows = FLOWS / FLOWS.sum()  # each column adds up to 1, of what arrives there
    long = inflows.rename_axis("origin").stack().rename("share").reset_index()
    long = long.set_axis(["origin", "destination", "share"], axis=1)
    for shares in (inflows, 100 * inflows, long):
        with pytest.warns(UserWarning, match=REACHES):
            tables = read_origin_destination(shares)
        assert tables.layers["quantity"].tolist() == ["share_of_destination"]
        assert read_origin_destination(shares, shares=True).layers.equals(tables.layers)
        amounts = read_origin_destination(shares, shares=False)
        assert amounts.layers["quantity"].tolist() == ["amount"]
        with pytest.raises(InputError, match="so these are not shares of what leaves each origin"):
            read_origin_destination(shares, outflow=SENT)
    tables = read_origin_destination(inflows, rows="destination")
    assert tables.layers["quantity"].tolist() == ["share_of_origin"]


def test_inflow_turns_shares_of_what_arrives_into_flows():
    for factor in (1, 100):
        network = build_network(
            *read_origin_destination(factor * FLOWS / FLOWS.sum(), inflow=ARRIVED)
        )
        np.testing.assert_allclose(network.adjacency("flow").toarray(), FLOWS)
        assert network.layer_table["quantity"].tolist() == ["amount"]
    # With a gap in a column the sums say nothing, and `inflow` says it all.
    gap = (100 * FLOWS / FLOWS.sum()).replace(100 * 9 / 13, np.nan)
    network = build_network(*read_origin_destination(gap, inflow=ARRIVED))
    np.testing.assert_allclose(network.adjacency("flow").toarray(), FLOWS.replace(9, 0))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"inflow": ARRIVED, "outflow": SENT}, "give outflow or inflow"),
        ({"inflow": ARRIVED, "shares": False}, "shares=False says there are none"),
        ({"inflow": ARRIVED.drop("b")}, "`inflow` must have .* 3 destinations; 1 have none: b"),
        ({"inflow": pd.concat([ARRIVED, ARRIVED[:1]])}, "`inflow` must have each id once"),
        ({"inflow": [1, 2, 3]}, "`inflow` must be of the type Series"),
        ({"inflow": ARRIVED, "directed": False}, "shares have a direction"),
        ({"inflow": ARRIVED, "aliases": {"a": "b"}}, "shares of two destinations cannot be added"),
    ],
)
def test_what_makes_no_flows_of_shares_of_what_arrives_is_refused(options, words):
    with pytest.raises(InputError, match=words):
        read_origin_destination(FLOWS / FLOWS.sum(), **options)


def test_whole_numbers_that_add_up_to_100_for_each_place_are_shares():
    shares = pd.DataFrame([[10, 33, 50], [60, 33, 25], [30, 33, 25]], list("abc"), list("abc"))
    with pytest.warns(UserWarning, match=REACHES):
        tables = read_origin_destination(shares)
    assert tables.layers["quantity"].tolist() == ["share_of_destination"]
    with pytest.warns(UserWarning, match="what leaves each origin adds up to 100, so the weights"):
        tables = read_origin_destination(shares.T)
    assert tables.layers["quantity"].tolist() == ["share_of_origin"]
    assert read_origin_destination(shares + 5).layers["quantity"].tolist() == ["amount"]
    ones = pd.DataFrame({"origin": list("abc"), "destination": list("bca")})  # one flow a place
    for flows in (ones, ones.assign(weight=100)):
        assert read_origin_destination(flows).layers["quantity"].tolist() == ["amount"]


@pytest.mark.parametrize("whole", [1_000, 10_000])
def test_shares_in_finer_units_than_percent_are_shares(whole):
    rows = np.array([[2, 5, 3], [6, 1, 3], [3, 3, 4]]) * (whole // 10)
    shares = pd.DataFrame(rows, list("abc"), list("abc"))
    told = f"what leaves each origin adds up to {whole:g}, so the weights"
    with pytest.warns(UserWarning, match=told):
        tables = read_origin_destination(shares)
    assert tables.layers["quantity"].tolist() == ["share_of_origin"]
    flows = read_origin_destination(shares, outflow=pd.Series({"a": 5, "b": 10, "c": 20}))
    weight = flows.links.groupby("source")["weight"].sum()
    assert weight.to_dict() == pytest.approx({"a": 5, "b": 10, "c": 20})
    near = shares + whole // 50  # sums of amounts, near the same and not the same
    near.loc["a"] += 1
    assert read_origin_destination(near).layers["quantity"].tolist() == ["amount"]


def test_rows_are_of_a_matrix(write):
    with pytest.raises(InputError, match="`rows` is of a matrix"):
        read_origin_destination(write(LONG), rows="destination")


@pytest.mark.parametrize(
    ("weights", "shares"),
    [
        ([60.5, 30.0], True),
        ([0.6, 0.4], True),
        ([60, 30], False),  # counts
        ([160.5, 30.0], False),  # more than the whole
    ],
)
def test_shares_are_recognised(weights, shares):
    frame = pd.DataFrame({"origin": "a", "destination": ["b", "c"], "weight": weights})
    for said, expected in ((None, shares), (False, False)):
        layers = read_origin_destination(frame, shares=said, layer="trips").layers
        quantity = "share_of_origin" if expected else "amount"
        assert layers["quantity"].to_dict() == {"trips": quantity}
    with pytest.raises(InputError, match=r"must not exceed 100 in total; in the table they do: a "):
        read_origin_destination(frame.assign(weight=60), shares=True)


def test_outflow_turns_shares_into_flows(write):
    totals = pd.Series({"a": 1000, "b": 200, "z": 5})
    tables = read_origin_destination(write(MATRIX), outflow=totals)
    # 80 % and 19.5 % of 1000, 60.5 % and 1 % of 200
    assert tables.links["weight"].tolist() == pytest.approx([800, 195, 121, 2])
    assert tables.directed == ("flow",)
    fractions = pd.DataFrame({"origin": ["a"], "destination": ["b"], "weight": [0.25]})
    assert read_origin_destination(fractions, outflow=totals).links["weight"].tolist() == [250.0]


def test_outflow_must_be_known_of_each_origin(write):
    path = write(MATRIX)
    with pytest.raises(InputError, match=r"0 or more for each of 2 origins; 1 have none: b"):
        read_origin_destination(path, outflow=pd.Series({"a": 1000, "b": -1}))
    with pytest.raises(InputError, match="shares=False says there are none"):
        read_origin_destination(path, outflow=pd.Series({"a": 1}), shares=False)


PLACES = pd.DataFrame(
    {
        "name_zh": ["甲", "乙", "丙", "省"],
        "lon": [1.0, 2, 3, np.nan],
        "lat": 0.0,
        "parent": ["P", "P", "P", None],
    },
    index=["A", "B", "C", "P"],
)
NAMED = ",甲,乙,丁\n甲,,3,5\n乙,4,,6\n丁,7,8,\n"


def test_flows_between_given_places(write):
    with pytest.warns(UserWarning, match=r"not among its 3 names, .* 1 of 4 \(丙\); .*`aliases`"):
        tables = read_origin_destination(write(NAMED), places=PLACES, name="name_zh")
    assert rows(tables) == [["A", "B", 3.0], ["B", "A", 4.0]]
    assert tables.nodes.index.tolist() == ["A", "B", "C"]  # P only contains others
    assert tables.nodes["name"].fillna("?").tolist() == ["甲", "乙", "?"]
    network = build_network(*tables)
    assert network.places.index.tolist() == ["A", "B", "C", "P"]
    assert aggregate(network, level=1).n_nodes == 1


def test_aliases(write):
    tables = read_origin_destination(
        write(NAMED), places=PLACES, name="name_zh", aliases={"丁": "丙"}
    )
    assert len(tables.links) == 6
    assert tables.nodes["name"].tolist() == ["甲", "乙", "丁"]
    # Without places a new name, which may join two.
    joined = read_origin_destination(write(NAMED), aliases={"丁": "乙"})
    matrix = build_network(*joined).adjacency("flow").toarray().tolist()
    # to 乙 from 甲 3 + 5; from 乙 to 甲 4 + 7; within 6 + 8
    assert matrix == [[0, 8], [11, 14]]


def test_shares_of_two_origins_are_not_added_up(write):
    with pytest.raises(InputError, match=r"shares of two origins cannot be added up; .* id b"):
        read_origin_destination(write(MATRIX.replace("c,0,,", "c,0,9,")), aliases={"c": "b"})


def test_places_that_do_not_fit(write):
    path = write(NAMED)
    with pytest.raises(
        InputError, match=r"none of the 4 places is among .* A, B, C, P there, 甲, "
    ):
        read_origin_destination(path, places=PLACES)
    with pytest.raises(InputError, match=r"column 'name' \(did you mean 'name_zh'\?\)"):
        read_origin_destination(path, places=PLACES, name="name")
    twice = PLACES.assign(name_zh="甲")
    with pytest.raises(InputError, match="a name once; twice or more: 甲; key on the id"):
        read_origin_destination(path, places=twice, name="name_zh")


CITIES = list("abcde")
CELLS = np.array(
    [[9, 4, 7, 2, 1], [3, 8, 5, 6, 2], [1, 7, 0, 3, 9], [6, 2, 8, 5, 4], [2, 9, 3, 1, 7]], float
)


def with_totals(cells: np.ndarray, called: str, *, corner: float | None = None) -> pd.DataFrame:
    """A matrix with a row and a column of sums."""
    names = [*CITIES, called]
    whole = np.zeros((6, 6))
    whole[:5, :5] = cells
    whole[5, :5], whole[:5, 5] = cells.sum(0), cells.sum(1)
    whole[5, 5] = cells.sum() if corner is None else corner
    return pd.DataFrame(whole, names, names)


@pytest.mark.parametrize("form", ["matrix", "long"])
@pytest.mark.parametrize("called", ["合 计", "SUM:", "x"])
def test_totals_are_no_place(called, form):
    flows = with_totals(CELLS, called)
    if form == "long":
        flows = flows.stack().rename_axis(["from", "to"]).rename("flow").reset_index()
    with pytest.raises(InputError, match=rf"has '{called}', which sends and .* Delete its rows"):
        read_origin_destination(flows)
    # A table of places says which are some: the totals are left aside.
    links = read_origin_destination(flows, places=pd.DataFrame(index=CITIES)).links
    assert links["weight"].sum() == CELLS.sum()


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("corner", [None, 0.0])
def test_totals_may_count_flows_inside_a_place_and_be_rounded(inside, corner):
    flows = with_totals(CELLS if inside else CELLS * (1 - np.eye(5)), "x", corner=corner)
    flows.loc["a", "a"] = 9.0
    with pytest.raises(InputError, match="has 'x', which sends"):
        read_origin_destination(flows * [*[1.0] * 5, 1.001])


def test_hubs_are_no_totals():
    # Two hubs that all others are linked to alike, in both directions: each receives from every
    # other place as much as all the rest together.
    others = [f"p{k}" for k in range(6)]
    rows = [(a, hub, 1) for a in others for hub in ("h1", "h2")]
    for pairs in (rows, [*rows, *((b, a, 1) for a, b, _ in rows)]):
        frame = pd.DataFrame(pairs, columns=["from", "to", "flow"])
        assert len(read_origin_destination(frame).links) == len(pairs)


BOTH = CELLS + CELLS.T


@pytest.mark.parametrize("half", [np.triu, np.tril])
def test_a_symmetric_matrix_and_its_halves_are_one_undirected_network(half):
    with pytest.warns(UserWarning, match=r"symmetric, so .*directed=True.*\[layers.flow\]"):
        whole = read_origin_destination(pd.DataFrame(BOTH, CITIES, CITIES))
    with pytest.warns(UserWarning, match="one half of the matrix is empty, so its links have no"):
        part = read_origin_destination(pd.DataFrame(half(BOTH), CITIES, CITIES))
    networks = [build_network(*tables) for tables in (whole, part)]
    assert networks[0].equals(networks[1])
    assert whole.directed == part.directed == ()
    # The strength of a is what its row has outside of the diagonal, once.
    for network in networks:
        assert centrality.strength(network).squeeze()["a"] == BOTH[0, 1:].sum()
    asked = read_origin_destination(pd.DataFrame(BOTH, CITIES, CITIES), directed=True)
    assert (len(asked.links), asked.directed) == (np.count_nonzero(BOTH), ("flow",))


def test_a_matrix_with_numbers_in_both_halves_stays_directed():
    for cells in (CELLS, np.triu(BOTH) + np.diag([1.0] * 4, -1), [[0, 1, 0], [0, 0, 0], [0, 1, 0]]):
        names = CITIES[: len(cells)]
        assert read_origin_destination(pd.DataFrame(cells, names, names)).directed == ("flow",)
    chain = pd.DataFrame([[0, 5.0], [0, 0]], list("ab"), list("ab"))  # one flow tells nothing
    assert read_origin_destination(chain).directed == ("flow",)
    undirected = build_network(*read_origin_destination(chain, directed=False))
    assert undirected.directed == frozenset()
    with pytest.raises(InputError, match="shares have a direction"):
        read_origin_destination(chain, directed=False, shares=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"flows.csv must name its columns in line 1, which is empty"),
        ("\n\n", r"flows.csv must name its columns in line 1, which is empty"),
        (MATRIX.splitlines()[0], r"flows.csv must have rows below its header"),
        (MATRIX[:-2], r"ends inside the row that starts in line 4, in column 'b'"),
        (MATRIX[:-6], r"square matrix, .* 3 columns; it has no row for c; its last row is line 3"),
        (MATRIX.replace("\nc", "\nd"), r"no row for c; no column for d"),
        (MATRIX.replace("60.5", "6o.5"), r"1 are none: line 3, column 'a' \('6o.5'\)"),
        (MATRIX.replace("60.5", "-1"), r"1 are none: line 3, column 'a' \('-1'\)"),
        (MATRIX.replace("60.5,", "60.5"), r"4 fields in each row, .*: 1 \(line 3\)"),
        (MATRIX.replace("\nc,", "\nb,"), r"each row once; twice or more: .b."),
        (MATRIX.replace("\nc,", "\n,"), r"name each row of the matrix; line 4 has none"),
        (MATRIX.replace(",b,", ",a,"), r"each column once; line 1 names 'a' twice"),
        (",a,b\na,,\n", r"square matrix, .* 2 columns; it has no row for b"),
        (",a,b\na,,\nb,,0\n", r"flows.csv must hold a flow above 0"),
        (LONG.replace("2019", "9" * 20, 1), r"whole numbers as periods; not so: line 2, column"),
        (LONG.replace("80", "many"), r"line 2, column 'trips' \('many'\)"),
        (
            LONG.replace("origin,", "start,"),
            r"column for the origin such as 'origin'; line 1 has st",
        ),
        (LONG.replace("year", "weight", 1), r"'trips' and 'weight' would both be 'weight'"),
        ("\ufefforigin,destination\n", r"must have rows below its header"),
        (NAMED.encode()[:-7], r"line 4 has the byte 0xe4, which is not.*get it again"),
    ],
)
def test_files_that_cannot_be_read(write, text, words):
    with pytest.raises(InputError, match=words):
        read_origin_destination(
            write(text), columns={"trips": "weight"} if "would both" in words else None
        )


def test_arguments_that_do_not_fit(write, tmp_path):
    path = write(LONG)
    for arguments, words in (
        ({"columns": {"orign": "source"}}, r"the header 'orign' \(did you mean 'origin'\?\)"),
        (
            {"columns": {"origin": "period", "destination": "source", "year": "target"}},
            r"whole numbers as periods; not so: lines? .*'origin' \('a'\)",
        ),
        ({"period": 2019.5}, "`period` must be a whole number"),
        ({"name": "x"}, r"`name` is a column of `places`"),
    ):
        with pytest.raises(InputError, match=words):
            read_origin_destination(path, **arguments)
    with pytest.raises(InputError, match=r"nowhere.csv must be a file; there is none"):
        read_origin_destination(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match=r"must be a file; it is a folder"):
        read_origin_destination(tmp_path)


@pytest.fixture(scope="module")
def china(shared: Path) -> Path:
    folder = shared / "data" / "china_cities"
    if not folder.is_dir():
        pytest.skip("needs the Chinese cities")
    return folder


@pytest.fixture(scope="module")
def delta(china) -> pd.DataFrame:
    cities = pd.read_csv(china / "cityinfo.csv", dtype={"dzcode": str}).set_index("dzcode")
    cities = cities.rename(columns={"coord_long": "lon", "coord_lat": "lat"})
    return cities[cities.index.str[:2].isin(["31", "32", "33", "34"])]


@pytest.mark.slow
def test_the_41_prefectures_of_the_delta(china, delta):
    path = china / "BaiduNet_out_20200109.csv.gz"
    assert len(delta) == 41
    # README of the data: 40 of 41 names match, 1,407 flows; the other one is misspelt there.
    with pytest.warns(UserWarning, match=r"1 of 41 \(毫州市\)"):
        tables = read_origin_destination(path, places=delta, name="cityname_chn")
    assert len(tables.links) == 1_407
    assert len(tables.nodes) == 41
    aliases = {"亳州市": "毫州市"}
    tables = read_origin_destination(path, places=delta, name="cityname_chn", aliases=aliases)
    network = build_network(*tables)
    assert (network.n_nodes, network.n_links) == (41, 1_484)
    assert network.nodes.index.equals(delta.index.rename("node"))
    assert network.places["lon"].notna().all()
    cells = pd.read_csv(path, index_col=0)
    # Both are Suzhou in English: 3205 in Jiangsu, 3413 in Anhui.
    matrix = network.adjacency("flow").toarray()
    at = network.nodes.index.get_loc
    assert matrix[at("3205"), at("3101")] == cells.loc["苏州市", "上海市"]
    assert matrix[at("3413"), at("3101")] == cells.loc["宿州市", "上海市"]
    people = 1e4 * delta["cpop2010"]
    flows = read_origin_destination(
        path, places=delta, name="cityname_chn", aliases=aliases, outflow=people
    )
    assert flows.directed == ("flow",)
    first = cells.loc["上海市", "南京市"] / 100 * people["3101"]
    assert flows.links["weight"].iloc[0] == pytest.approx(first)
