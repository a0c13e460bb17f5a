"""The publications, as they are cited in the rows."""

__all__ = ["AT_HAND", "SOURCES"]

SOURCES = {
    "Aloise and others 2010": (
        "Aloise, D., Cafieri, S., Caporossi, G., Hansen, P., Perron, S. and Liberti, L. (2010). "
        "Column generation algorithms for exact modularity maximization in networks. Physical "
        "Review E 82, 046112. doi:10.1103/PhysRevE.82.046112"
    ),
    "Aumann and Maschler 1985": (
        "Aumann, R. J. and Maschler, M. (1985). Game theoretic analysis of a bankruptcy problem "
        "from the Talmud. Journal of Economic Theory 36, 195-213. "
        "doi:10.1016/0022-0531(85)90102-4"
    ),
    "Aumann and Myerson 1988": (
        "Aumann, R. J. and Myerson, R. B. (1988). Endogenous formation of links between players "
        "and of coalitions: an application of the Shapley value. In A. E. Roth (ed.), The Shapley"
        " Value. Cambridge University Press, 175-191"
    ),
    "Balland 2017": (
        "Balland, P.-A. (2017). Economic geography in R: introduction to the EconGeo package. "
        "Papers in Evolutionary Economic Geography 17.09, Utrecht University"
    ),
    "Batagelj 2018": (
        "Batagelj, V. (2018). Notes of the course NetR on network analysis with R, page "
        "Statistics; output of the package sna"
    ),
    "Borgatti 1997": (
        "Borgatti, S. P. (1997). Structural holes: unpacking Burt's redundancy measures. "
        "Connections 20(1), 35-38"
    ),
    "Brandes and others 2008": (
        "Brandes, U., Delling, D., Gaertler, M., Görke, R., Hoefer, M., Nikoloski, Z. and Wagner,"
        " D. (2008). On modularity clustering. IEEE Transactions on Knowledge and Data "
        "Engineering 20, 172-188. doi:10.1109/TKDE.2007.190689"
    ),
    "Callaway and others 2000": (
        "Callaway, D. S., Newman, M. E. J., Strogatz, S. H. and Watts, D. J. (2000). Network "
        "robustness and fragility: percolation on random graphs. Physical Review Letters 85, "
        "5468-5471. doi:10.1103/PhysRevLett.85.5468"
    ),
    "Chao and others 2014": (
        "Chao, A., Gotelli, N. J., Hsieh, T. C., Sander, E. L., Ma, K. H., Colwell, R. K. and "
        "Ellison, A. M. (2014). Rarefaction and extrapolation with Hill numbers. Ecological "
        "Monographs 84, 45-67. doi:10.1890/13-0133.1"
    ),
    "Chiang and Wainwright 2005": (
        "Chiang, A. C. and Wainwright, K. (2005). Fundamental Methods of Mathematical Economics, "
        "fourth edition. McGraw-Hill"
    ),
    "Dörsam 2004": (
        "Dörsam, P. (2004). Wirtschaftsstatistik anschaulich dargestellt. PD-Verlag; as cited in "
        "Wieland, T. (2019), REAT: a regional economic analysis toolbox for R. REGION 6(3), "
        "R1-R57. doi:10.18335/region.v6i3.267"
    ),
    "Erdős and Rényi 1960": (
        "Erdős, P. and Rényi, A. (1960). On the evolution of random graphs. Publications of the "
        "Mathematical Institute of the Hungarian Academy of Sciences 5, 17-61"
    ),
    "Farhauer and Kröll 2013": (
        "Farhauer, O. and Kröll, A. (2013). Standorttheorien: Regional- und Stadtökonomik in "
        "Theorie und Praxis. Springer Gabler; as cited in Wieland 2019, see Dörsam"
    ),
    "Ferguson 2014": (
        "Ferguson, T. S. (2014). Game Theory, second edition, part IV: games in coalitional form."
        " Lecture notes, University of California, Los Angeles"
    ),
    "Fiedler 1973": (
        "Fiedler, M. (1973). Algebraic connectivity of graphs. Czechoslovak Mathematical Journal "
        "23, 298-305"
    ),
    "Fujita, Krugman and Venables 1999": (
        "Fujita, M., Krugman, P. and Venables, A. J. (1999). The Spatial Economy: Cities, "
        "Regions, and International Trade. MIT Press"
    ),
    "Gabaix and Ibragimov 2011": (
        "Gabaix, X. and Ibragimov, R. (2011). Rank - 1/2: a simple way to improve the OLS "
        "estimation of tail exponents. Journal of Business & Economic Statistics 29, 24-39. "
        "doi:10.1198/jbes.2009.06157"
    ),
    "Gaspar, Castro and Correia-da-Silva 2013": (
        "Gaspar, J. M., Castro, S. B. S. D. and Correia-da-Silva, J. (2013). The footloose "
        "entrepreneur model with three regions. FEP Working Papers 496, University of Porto"
    ),
    "Gonit Sora n.d.": (
        'Gonit Sora. Is it me, or is "Veto" starting to sound really good. '
        "<https://gonitsora.com/veto-starting-to-sound-really-good>; the index is that of Shapley"
        " and Shubik"
    ),
    "Gourdon and Beauguitte n.d.": (
        "Gourdon, P. and Beauguitte, L. Analyse de réseaux multiplexes avec R: le package "
        "multinet. Tutorial, UMR Géographie-cités (multinet 4.1); after Magnani, M., Rossi, L. "
        "and Vega, D. (2021), Analysis of multiplex social networks with R. Journal of "
        "Statistical Software 98(8). doi:10.18637/jss.v098.i08"
    ),
    "Gregersen 2011": (
        "Gregersen, E. (ed.) (2011). The Britannica Guide to Statistics and Probability. "
        "Britannica Educational Publishing"
    ),
    "Gómez and others 2013": (
        "Gómez, S., Díaz-Guilera, A., Gómez-Gardeñes, J., Pérez-Vicente, C. J., Moreno, Y. and "
        "Arenas, A. (2013). Diffusion dynamics on multiplex networks. Physical Review Letters "
        "110, 028701. doi:10.1103/PhysRevLett.110.028701"
    ),
    "Hillier and Lieberman 2010": (
        "Hillier, F. S. and Lieberman, G. J. (2010). Introduction to Operations Research, ninth "
        "edition. McGraw-Hill"
    ),
    "IBM Research 2007": (
        "IBM Research (2007). Ponder This, October 2007. "
        "<https://research.ibm.com/haifa/ponderthis/solutions/October2007.html>"
    ),
    "Jackson 2008": (
        "Jackson, M. O. (2008). Social and Economic Networks. Princeton University Press"
    ),
    "Krebs n.d.": (
        "Krebs, V. Social network analysis: an introduction. <http://www.orgnet.com/sna.html>; "
        "the network is that of Krackhardt, D. (1990), Assessing the political landscape, "
        "Administrative Science Quarterly 35, 342-369. doi:10.2307/2393394"
    ),
    "Kunegis 2013": (
        "Kunegis, J. (2013). KONECT: the Koblenz network collection. Proceedings of the 22nd "
        "International Conference on World Wide Web, 1343-1350. doi:10.1145/2487788.2488173"
    ),
    "Langville and Meyer 2005": (
        "Langville, A. N. and Meyer, C. D. (2005). A survey of eigenvector methods for web "
        "information retrieval. SIAM Review 47, 135-161. doi:10.1137/S0036144503424786"
    ),
    "Littlechild and Owen 1973": (
        "Littlechild, S. C. and Owen, G. (1973). A simple expression for the Shapley value in a "
        "special case. Management Science 20, 370-372. doi:10.1287/mnsc.20.3.370"
    ),
    "Liu and Murata 2010": (
        "Liu, X. and Murata, T. (2010). An efficient algorithm for optimizing bipartite "
        "modularity in bipartite networks. Journal of Advanced Computational Intelligence and "
        "Intelligent Informatics 14, 408-415. doi:10.20965/jaciii.2010.p0408"
    ),
    "Loayza 1994": (
        "Loayza, N. V. (1994). A test of the international convergence hypothesis using panel "
        "data. Policy Research Working Paper 1333, World Bank"
    ),
    "Manning, Raghavan and Schütze 2008": (
        "Manning, C. D., Raghavan, P. and Schütze, H. (2008). Introduction to Information "
        "Retrieval. Cambridge University Press"
    ),
    "Newman 2001": (
        "Newman, M. E. J. (2001). Scientific collaboration networks. II. Shortest paths, weighted"
        " networks, and centrality. Physical Review E 64, 016132. doi:10.1103/PhysRevE.64.016132"
    ),
    "Newman 2003a": (
        "Newman, M. E. J. (2003). Mixing patterns in networks. Physical Review E 67, 026126. "
        "doi:10.1103/PhysRevE.67.026126"
    ),
    "Newman 2003b": (
        "Newman, M. E. J. (2003). The structure and function of complex networks. SIAM Review 45,"
        " 167-256. doi:10.1137/S003614450342480"
    ),
    "Novak n.d.": (
        "Novak, G. S. CS 314 notes, PageRank example. University of Texas at Austin. "
        "<https://www.cs.utexas.edu/users/novak/cs314311.html>"
    ),
    "O'Neill 1982": (
        "O'Neill, B. (1982). A problem of rights arbitration from the Talmud. Mathematical Social"
        " Sciences 2, 345-371. doi:10.1016/0165-4896(82)90029-4"
    ),
    "Oshan 2016": (
        "Oshan, T. (2016). A primer for working with the spatial interaction modeling (SpInt) "
        "module in the Python spatial analysis library (PySAL). REGION 3(2), R11-R23. "
        "doi:10.18335/region.v3i2.175"
    ),
    "Rosenthal 1988": (
        "Rosenthal, R. E. (1988). A GAMS tutorial. In GAMS: A User's Guide. The Scientific Press;"
        " after Dantzig, G. B. (1963), Linear Programming and Extensions, chapter 3.3. Princeton "
        "University Press"
    ),
    "Saavedra-Nieves n.d.": (
        "Saavedra-Nieves, A. GameTheoryAllocation: tools for calculating allocations in "
        "game theory. R package, version 1.0"
    ),
    "Shapley and Shubik 1954": (
        "Shapley, L. S. and Shubik, M. (1954). A method for evaluating the distribution of power "
        "in a committee system. American Political Science Review 48, 787-792. "
        "doi:10.2307/1951053"
    ),
    "US Department of Justice 2024": (
        "US Department of Justice (2024). Herfindahl-Hirschman index. "
        "<https://www.justice.gov/atr/herfindahl-hirschman-index>"
    ),
    "Weisstein n.d.": (
        "Weisstein, E. W. Kirchhoff index. From MathWorld. "
        "<https://mathworld.wolfram.com/KirchhoffIndex.html>"
    ),
    "Wikipedia n.d.": (
        "Wikipedia. Airport problem. <https://en.wikipedia.org/wiki/Airport_problem>; after "
        "Littlechild and Owen"
    ),
    "Yeung and Ruzzo 2001": (
        "Yeung, K. Y. and Ruzzo, W. L. (2001). Details of the adjusted Rand index and clustering "
        "algorithms. Supplement to: An empirical study on principal component analysis for "
        "clustering gene expression data. Bioinformatics 17, 763-774. "
        "doi:10.1093/bioinformatics/17.9.763"
    ),
    "Young 1985": (
        "Young, H. P. (1985). Methods and principles of cost allocation. In H. P. Young (ed.), "
        "Cost Allocation: Methods, Principles, Applications, chapter 1. North-Holland"
    ),
    "Zipf 1949": (
        "Zipf, G. K. (1949). Human Behavior and the Principle of Least Effort. Addison-Wesley"
    ),
}

# The text itself, or a manual, a test or a page that quotes it, was read for these rows.
AT_HAND = [
    "Batagelj 2018",
    "Farhauer and Kröll 2013",
    "Gonit Sora n.d.",
    "Gourdon and Beauguitte n.d.",
    "Gregersen 2011",
    "IBM Research 2007",
    "Krebs n.d.",
    "Kunegis 2013",
    "Langville and Meyer 2005",
    "Loayza 1994",
    "Novak n.d.",
    "Oshan 2016",
    "Rosenthal 1988",
    "Saavedra-Nieves n.d.",
    "US Department of Justice 2024",
    "Weisstein n.d.",
    "Wikipedia n.d.",
]
