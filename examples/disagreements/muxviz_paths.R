# Paths in muxViz: remotes::install_github("manlius/muxViz"), then Rscript muxviz_paths.R
library(muxViz)

# Nodes a, b, c. Layer 1 links a and b, layer 2 links b and c; to change the layer costs 1.
one <- matrix(c(0, 1, 0, 1, 0, 0, 0, 0, 0), 3)
two <- matrix(c(0, 0, 0, 0, 0, 1, 0, 1, 0), 3)
supra <- Matrix::Matrix(rbind(cbind(one, diag(3)), cbind(diag(3), two)), sparse = TRUE)
print(GetMultiPathStatistics(supra, 2, 3))
