"""One page to explore a network of places and to try an enclave; it needs no network."""

from netinnov._runtime.public import publish
from netinnov.explorer._explorer import Explorer, explore, page_of as page_of
from netinnov.explorer._findings import draws_of as draws_of, study_tables as study_tables
from netinnov.explorer._payload import tries_enclaves as tries_enclaves

__all__ = ["Explorer", "explore"]

__dir__ = publish(globals())
