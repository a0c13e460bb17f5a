"""What a network is made of: tables and their faults, layers, hierarchy, storage, paths."""
