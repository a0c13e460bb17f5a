"""Places of free text and the cities that they are or lie in, by a gazetteer of the user's."""

from netinnov._runtime.public import publish
from netinnov.geocoding._geocode import (
    add_cities as add_cities,
    candidates as candidates,
    geocode as geocode,
)

__dir__ = publish(globals())
