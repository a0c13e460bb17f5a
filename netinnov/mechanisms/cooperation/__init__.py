"""How a park joins two jurisdictions: its partners, their roles, and what fails without one."""

from netinnov._public import public_names
from netinnov.mechanisms.cooperation._outages import outages
from netinnov.mechanisms.cooperation._park_brokers import brokerage_table, liaison_test
from netinnov.mechanisms.cooperation._park_partners import park_network, park_sides
from netinnov.mechanisms.cooperation._park_table import cooperation_table

__all__ = [
    "brokerage_table",
    "cooperation_table",
    "liaison_test",
    "outages",
    "park_network",
    "park_sides",
]

__dir__ = public_names(globals())
