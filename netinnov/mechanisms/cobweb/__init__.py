"""Cobwebs: supply of innovation elements follows yesterday's price, in one region or several."""

from netinnov._runtime.public import publish
from netinnov.mechanisms.cobweb._coupled_cobweb import CoupledCobweb as CoupledCobweb
from netinnov.mechanisms.cobweb._enclave_link import (
    critical_enclave as critical_enclave,
    enclave_effect as enclave_effect,
    with_enclave as with_enclave,
)
from netinnov.mechanisms.cobweb._one_market import Cobweb as Cobweb

__dir__ = publish(globals())
