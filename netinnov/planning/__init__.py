"""Plans for a region: what partners achieve together and how they share it."""

from netinnov._public import public_names
from netinnov.planning._game import Game
from netinnov.planning._values import banzhaf_value, sampled_shapley_value, shapley_value

__all__ = ["Game", "banzhaf_value", "sampled_shapley_value", "shapley_value"]

__dir__ = public_names(globals())
