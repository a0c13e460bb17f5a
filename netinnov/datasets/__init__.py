"""Networks to begin with: enclaves in China, research in Europe, made-up cities, official files."""

from netinnov._runtime.public import publish
from netinnov.datasets._official import catalogue as catalogue, fetch as fetch
from netinnov.datasets._packaged import (
    gravity_parameters as gravity_parameters,
    load_quzhou as load_quzhou,
    load_research_cities as load_research_cities,
    load_yrd_enclaves as load_yrd_enclaves,
    load_yrd_rail as load_yrd_rail,
)
from netinnov.datasets._synthetic import make_city_system as make_city_system

__dir__ = publish(globals())
