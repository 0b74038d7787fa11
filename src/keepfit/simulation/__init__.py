"""Traffic as it would be: synthetic customers, a changed population, late labels, at a pace.

It speaks HTTP to the service, as a user does, and knows nothing else of it. It leaves to others what the loop makes
of the traffic.
"""

from keepfit.simulation.customers import synthetic_customers
from keepfit.simulation.noise import noisy_labels
from keepfit.simulation.panel_customers import panel_customers
from keepfit.simulation.shift import shifted_customers
from keepfit.simulation.stream import stream
from keepfit.simulation.traffic import Pace, Sent, report_labels, send

__all__ = [
    "Pace",
    "Sent",
    "noisy_labels",
    "panel_customers",
    "report_labels",
    "send",
    "shifted_customers",
    "stream",
    "synthetic_customers",
]
