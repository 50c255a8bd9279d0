"""Token keys: the keys that sign unsubscribe links, read from the store once."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.delivery import UnsubscribeTokens
    from digest.store import Store


class TokenKeys:
    """The keys of one workspace, for one of its newsletters."""

    def __init__(self, store: "Store", clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def open_tokens(self) -> "UnsubscribeTokens":
        """Return what signs and reads unsubscribe links.

        The first call in a new database stores a key: a query must not call this.
        """
        return self._tokens

    @cached_property
    def _tokens(self) -> "UnsubscribeTokens":
        from digest.delivery import UnsubscribeTokens

        keys = self._store.subscribers.ensure_signing_keys(self._clock())
        return UnsubscribeTokens(keys, self._store.newsletter)
