"""Published numbers of networks: classic ones, layers and communities."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import networkx as nx
import pandas as pd

import netinnov as ni
from published import graphs
from published.rows import Reading, Row, Topic

__all__ = ["TOPICS", "multiplex"]

CONTACTS = nx.Graph(["AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC"])
PAPERS = {1: "ABCD", 2: "AB", 3: "ABE"}  # the authors of three papers

KONECT = partial(Row, source="Kunegis 2013", place="konect.cc/networks/ucidata-zachary, Statistics")
CENTRALITY = [
    KONECT("karate club: mean degree", "4.58824", 'describe(karate)["mean_degree"]'),
    KONECT("karate club: density (fill)", "0.139037", "density(karate)"),
    KONECT(
        "karate club: clustering coefficient",
        "0.255682",
        "transitivity(karate)",
        reading=Reading(
            "closed share of all two-paths (transitivity)",
            "mean over members (`mean_clustering`)",
            "mean_clustering(karate)",
        ),
    ),
    KONECT("karate club: degree assortativity", "-0.475613", "assortativity(karate)"),
    KONECT("karate club: algebraic connectivity", "0.468525", "algebraic_connectivity(karate)"),
    KONECT("karate club: Gini coefficient of degrees", "0.385370", 'gini(degree(karate)["links"])'),
    KONECT(
        "karate club: relative entropy of degrees (edge distribution entropy)",
        "0.924709",
        'entropy_index(karate, of="nodes")',
    ),
    Row(
        "kite: betweenness of Heather, Fernando, Ike, Diane, Andre",
        "0.389, 0.231, 0.222, 0.102, 0.023",
        'betweenness_centrality(kite)[["Heather", "Fernando", "Ike", "Diane", "Andre"]]',
        "Krebs n.d.",
        "tables; networkx's example Krackhardt Centrality",
    ),
    Row(
        "kite: closeness of Fernando, Heather, Andre, Ed, Ike, Jane",
        "0.643, 0.600, 0.529, 0.500, 0.429, 0.310",
        'closeness_centrality(kite)[["Fernando", "Heather", "Andre", "Ed", "Ike", "Jane"]]',
        "Krebs n.d.",
        "tables; networkx's example Krackhardt Centrality",
        reading=Reading(
            "Heather 0.600, of mean distances",
            "of mean inverse distances (`harmonic_centrality`)",
            'harmonic_centrality(kite)["Heather"]',
        ),
    ),
    Row(
        "Florentine marriages: betweenness of Medici, Guadagni, Strozzi",
        "0.522, 0.255, 0.103",
        'betweenness_centrality(florence.select(layers=["marriage"]))[["Medici", '
        '"Guadagni", "Strozzi"]]',
        "Jackson 2008",
        "section 1.2.1",
        reading=Reading(
            "Medici among the 15 families with marriages",
            "among 16, with the Pucci",
            'betweenness_centrality(florence_16.select(layers=["marriage"]))["Medici"]',
        ),
    ),
    Row(
        "effective size of ego G with six contacts",
        "4.67",
        'effective_size(contacts)["G"]',
        "Borgatti 1997",
        "the example of the note",
    ),
    Row(
        "PageRank of six pages, damping 0.9",
        "0.03721, 0.05396, 0.04151, 0.3751, 0.206, 0.2862",
        'pagerank(pages, damping=0.9)[["1", "2", "3", "4", "5", "6"]]',
        "Langville and Meyer 2005",
        "PageRank vector of the tiny web; networkx's test of pagerank",
        reading=Reading(
            "page 4, damping 0.9", "the usual 0.85", 'pagerank(pages, damping=0.85)["4"]'
        ),
    ),
    Row(
        "PageRank of three pages, damping 0.85, sum 3",
        "1.16336914, 0.64443188, 1.19219898",
        '3 * pagerank(three_pages)[["A", "B", "C"]]',
        "Novak n.d.",
        "table, last line",
        reading=Reading("shares of the number of pages", "of 1", 'pagerank(three_pages)["A"]'),
    ),
    Row(
        "authorities of pages 3, 5, 6 in a neighbourhood graph",
        "0.3660, 0.1340, 0.5",
        'hits(neighbours)["authority"][["3", "5", "6"]] / hits(neighbours)["authority"].sum()',
        "Langville and Meyer 2005",
        "HITS example",
        5e-5,
        reading=Reading(
            "page 3, shares of the sum",
            "over the maximum (`hits`)",
            'hits(neighbours)["authority"]["3"]',
        ),
    ),
    Row(
        "hubs 1, 3",
        "0.3660, 0.2113",
        'hits(neighbours)["hub"][["1", "3"]] / hits(neighbours)["hub"].sum()',
        "Langville and Meyer 2005",
        "HITS example",
    ),
    Row(
        "assortativity by group of couples in San Francisco",
        "0.621",
        "assortativity(couples, by=group)",
        "Newman 2003a",
        "tables I and II",
        0.003,
        "shares of the table are rounded to 0.001 and sum to 0.997",
    ),
    Row(
        "tie of two authors with three papers of four, two and three authors",
        "11/6",
        'co_participation(papers, member="author", event="paper", weighting="newman")["weight"][0]',
        "Newman 2001",
        "figure of the tie of A and B",
        reading=Reading(
            "each author hands out one unit a paper",
            "each paper hands out one unit (full)",
            'co_participation(papers, member="author", event="paper", '
            'weighting="full")["weight"][0]',
        ),
    ),
]

COMMUNITIES = [
    Row(
        "largest modularity: karate club, Les Misérables (without weights)",
        "0.41979, 0.56001",
        "[leiden(network, restarts=20, rng=1).quality for network in (karate, les_miserables)]",
        "Aloise and others 2010",
        "table of exact optima",
    ),
    Row(
        "largest modularity, karate club",
        "0.4198",
        "leiden(karate, restarts=20, rng=1).quality",
        "Brandes and others 2008",
        "section on the karate club",
    ),
    Row(
        "largest bipartite modularity, Southern women",
        "0.3455",
        'two_mode_communities(women, layer="links", restarts=20, rng=1).quality',
        "Liu and Murata 2010",
        "experiments, Southern women",
    ),
    Row(
        "adjusted Rand index of [[1, 1, 0], [1, 2, 1], [0, 0, 4]]",
        "0.313",
        "compare_partitions(*crossed([[1, 1, 0], [1, 2, 1], [0, 0, 4]])).ari",
        "Yeung and Ruzzo 2001",
        "example",
    ),
    Row(
        "normalised mutual information of 17 points in 3 clusters, [[5, 1, 0], [1, 4, "
        "1], [2, 0, 3]]",
        "0.36",
        "compare_partitions(*crossed([[5, 1, 0], [1, 4, 1], [2, 0, 3]])).nmi",
        "Manning, Raghavan and Schütze 2008",
        "table 16.2",
        reading=Reading(
            "over the mean entropy",
            "adjusted for chance (`ami`)",
            "compare_partitions(*crossed([[5, 1, 0], [1, 4, 1], [2, 0, 3]])).ami",
        ),
    ),
]

AUCS = partial(Row, source="Gourdon and Beauguitte n.d.")
LAYERS = ["coauthor", "facebook", "leisure", "lunch", "work"]
PAIRS = [(a, b) for k, a in enumerate(LAYERS) for b in LAYERS[k + 1 :]]
MULTIPLEX = [
    AUCS(
        "density of coauthor, facebook, leisure, lunch, work among those with a link",
        "0.07000000, 0.25000000, 0.08140611, 0.10903955, 0.10960452",
        '[describe(layer)["density"] for layer in layers]',
        place="section 1.3, `dens`",
        reading=Reading(
            "coauthor: pairs of the 25 with a co-author",
            "of all 61 (`density`)",
            'density(aucs)["coauthor"]',
        ),
    ),
    AUCS(
        "transitivity of the same",
        "0.4285714, 0.4805687, 0.3430657, 0.5689261, 0.3387863",
        "transitivity(aucs)",
        place="section 1.3, `cc`",
    ),
    AUCS(
        "mean length of paths",
        "1.500000, 1.955645, 3.115911, 3.188701, 2.390395",
        '[describe(layer)["path_length"] for layer in layers]',
        place="section 1.3, `apl`",
    ),
    AUCS(
        "all layers as one: transitivity, path length",
        "0.4761508, 2.062842",
        'describe(aucs).loc["all", ["transitivity", "path_length"]]',
        place="section 1.3, `_flat_`",
    ),
    AUCS(
        "all layers as one: density",
        "0.33879781",
        "edge_overlap(aucs).sum() / (61 * 60 / 2)",
        place="section 1.3, `_flat_`",
        reading=Reading(
            "a pair counts in each of its layers",
            "a pair counts once (`density` of `flatten`)",
            "density(flatten(aucs))",
        ),
    ),
    AUCS(
        "overlapping degree of U4, U67, U91, U123, U110",
        "49, 47, 46, 44, 41",
        'overlapping_degree(aucs)[["U4", "U67", "U91", "U123", "U110"]]',
        place="section 2.2, `degree_ml`",
    ),
    AUCS(
        "degree of U67 in facebook, leisure, lunch, work",
        "13, 2, 12, 20",
        'degree(aucs).loc["U67", ["facebook", "leisure", "lunch", "work"]]',
        place="section 2.2, `degree_ml`",
    ),
    AUCS(
        "share of the neighbours of U54 who are so at work",
        "0.4210526",
        'degree(aucs).loc["U54", "work"] / reach(aucs, steps=1)["U54"]',
        place="section 2.2, `relevance_ml`",
    ),
    AUCS(
        "overlap of links (Jaccard), pairs of layers in the order above",
        "0.05839416, 0.1010101, 0.06467662, 0.09137056, 0.1584699, 0.17843866, 0.18656716, "
        "0.27727273, 0.20512821, 0.33910035",
        "[layer_overlap(aucs).loc[pair] for pair in pairs]",
        place="section 2.3, `jaccard.edges`",
        reading=Reading(
            "lunch and work: links of both over links of either",
            "over links of lunch (coverage)",
            'layer_overlap(aucs, method="coverage").loc["lunch", "work"]',
        ),
    ),
    Row(
        "correlation of marriages and business in Florence",
        "0.3718679",
        'qap_correlation(florence_16, x="marriage", y="business", permutations=1, '
        "rng=1).correlation",
        "Batagelj 2018",
        "page Statistics, QAP",
        reading=Reading(
            "16 families, with the Pucci",
            "the 15 with marriages",
            'qap_correlation(florence, x="marriage", y="business", permutations=1, '
            "rng=1).correlation",
        ),
    ),
]


def multiplex(data: Path) -> Topic:
    """Layers; needs the relations of AUCS, which are not part of the package."""
    aucs = ni.build_network(*ni.sources.read_multiplex(data / "multiplex_benchmarks/aucs.mpx"))
    degrees = ni.centrality.degree(aucs)
    layers = [
        aucs.select(layers=[layer], nodes=degrees.index[degrees[layer] > 0]) for layer in LAYERS
    ]
    names = {"aucs": aucs, "layers": layers, "pairs": PAIRS}
    text = (
        "`aucs` is the network of 61 employees with five relations, `layers` each of "
        "them with those who "
        "have a link in it, `florence` and `florence_16` the families with two relations."
    )
    return Topic("Layers", text, MULTIPLEX, names | FLORENCE)


NETWORK, GROUP = graphs.couples()
FLORENCE = {
    "florence": graphs.florence(isolate=False),
    "florence_16": graphs.florence(isolate=True),
}
ZACHARY = graphs.unweighted(nx.karate_club_graph())
TOPICS = [
    Topic(
        "Centrality and structure",
        "`karate`, `kite` and `florence` are the networks as networkx has them, without "
        "weights; `contacts`, "
        "`pages` and `neighbours` are drawn in the sources, `couples` has a link for "
        "each pair of a table.",
        CENTRALITY,
        {
            "karate": ZACHARY,
            "kite": graphs.kite(),
            "contacts": graphs.unweighted(CONTACTS),
            "pages": graphs.arcs("1>2 1>3 3>1 3>2 3>5 4>5 4>6 5>4 5>6 6>4"),
            "three_pages": graphs.arcs("A>B A>C B>C C>A"),
            "neighbours": graphs.arcs("1>3 1>6 2>1 3>6 6>5 6>3 10>6"),
            "couples": NETWORK,
            "group": GROUP,
            "papers": pd.DataFrame(
                [(author, paper) for paper, names in PAPERS.items() for author in names],
                columns=["author", "paper"],
            ),
        }
        | FLORENCE,
    ),
    Topic(
        "Communities",
        "The searches are heuristic: the best of 20 restarts is compared with the proven "
        "or best known optimum. "
        "`crossed` makes two partitions from the table of their common sizes.",
        COMMUNITIES,
        {
            "karate": ZACHARY,
            "les_miserables": graphs.unweighted(nx.les_miserables_graph()),
            "women": graphs.two_mode(),
            "crossed": graphs.crossed,
        },
    ),
]
