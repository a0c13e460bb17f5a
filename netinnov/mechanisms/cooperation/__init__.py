"""How a park joins two jurisdictions: its partners, their roles, and what fails without one."""

from netinnov._runtime.public import publish
from netinnov.mechanisms.cooperation._park_brokers import (
    brokerage_table as brokerage_table,
)
from netinnov.mechanisms.cooperation._park_partners import (
    outages as outages,
    park_network as park_network,
    park_sides as park_sides,
)
from netinnov.mechanisms.cooperation._park_table import cooperation_table as cooperation_table

__dir__ = publish(globals())
