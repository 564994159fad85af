"""Parameters of strategies and hooks: declared once, checked, described, loaded.

Parameters are frozen dataclasses whose fields come from `parameter`, which keeps
the description and the bounds beside the default.  From that one declaration

* `check_bounds` refuses a value out of bounds (each ``__post_init__`` calls it);
* `json_schema` describes the parameters to clients;
* `load` builds them from decoded JSON, strictly: no unknown name, no string for a
  number, no number that is not finite.

Errors point into the request: a strategy's parameters stand under
`STRATEGY_PARAMS`; a hook's stand under `HOOK_PARAMS` of an entry of a list, whose
own pointer `placed_under` prefixes.
"""

from orchestrator.parameters.declare import (
    HOOK_PARAMS,
    STRATEGY_PARAMS,
    Parameters,
    check_bounds,
    parameter,
)
from orchestrator.parameters.describe import json_schema
from orchestrator.parameters.load import load, raw_object, refuse_unknown
from orchestrator.parameters.refuse import (
    did_you_mean,
    nearest,
    placed_under,
    refusal,
)

__all__ = [
    "HOOK_PARAMS",
    "STRATEGY_PARAMS",
    "Parameters",
    "check_bounds",
    "did_you_mean",
    "json_schema",
    "load",
    "nearest",
    "parameter",
    "placed_under",
    "raw_object",
    "refusal",
    "refuse_unknown",
]
