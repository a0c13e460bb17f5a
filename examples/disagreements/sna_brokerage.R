# The columns of brokerage in sna: apt-get install r-cran-sna, then Rscript sna_brokerage.R (run with 2.8)
suppressMessages(library(sna))

# a -> v -> b, with v and b in one group: v is a gatekeeper.
names <- c("a", "v", "b")
links <- matrix(0, 3, 3, dimnames = list(names, names))
links["a", "v"] <- 1
links["v", "b"] <- 1
print(brokerage(links, c("A", "B", "B"))$raw.nli)
