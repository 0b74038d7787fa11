"""Which version is champion, who made it so, when, and on which evidence.

It owns promotion and rollback. The truth is the ledger in the journal (one event an epoch, taken by
compare-and-swap) and the bundle store's pointer; MLflow's aliases mirror them and may be away. It also owns the
loader by which MLflow opens a bundle.
"""

from keepfit.registry.ledger import Promotion, current_promotion, promotions
from keepfit.registry.promotion import Promoted, Registry
from keepfit.registry.staging import is_staged
from keepfit.registry.succession import Incumbent, Succession, decide_succession

__all__ = [
    "Incumbent",
    "Promoted",
    "Promotion",
    "Registry",
    "Succession",
    "current_promotion",
    "decide_succession",
    "is_staged",
    "promotions",
]
