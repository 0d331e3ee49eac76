"""Models by name: a folder, a copy that an earlier download left, or the model hub, which is asked once before it is waited for.

A copy at hand is used as it is, without a word to the hub: the model under an index does not change by itself, and without a
network it still loads.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

PATIENCE_S: Final = 10.0
"""The hub has so many seconds to say that it knows the model; its own client would ask again for a minute and a half."""

_MARKERS: Final = ("modules.json", "config.json")  # every model has one of them
_LOG = logging.getLogger(__name__)

_Model = TypeVar("_Model")


def load_named(name: str, load: Callable[[bool], _Model]) -> _Model:
    """What `load(local_only)` makes of a model's name or folder.

    Raises:
        Exception: whatever `load` raises, or the hub's client when the hub cannot be reached or does not know the name.
    """
    if Path(name).is_dir():
        return load(True)
    from huggingface_hub import HfApi, try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        has_copy = any(isinstance(try_to_load_from_cache(name, marker), str) for marker in _MARKERS)
    except HFValidationError as error:
        raise FileNotFoundError(f"there is no such folder, and {error}") from error
    if has_copy:
        try:
            return load(True)
        except OSError as error:
            _LOG.info("the copy of %s is not whole (%s); the hub is asked for the rest", name, error)
    HfApi().model_info(name, timeout=PATIENCE_S)
    return load(False)
