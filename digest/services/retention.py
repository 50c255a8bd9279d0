"""Retention: delete what is older than `keep` in the settings allows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.model import EditionKey
from digest.settings import Settings
from digest.settings.sources import MAX_DAYS

if TYPE_CHECKING:
    from digest.store import Store

#: A mail that has not been in its mailbox for longer is forgotten: none is read back so far.
DAYS_OF_MAIL = MAX_DAYS + 10
#: A link of a mail that was not taken is shown for a month: its news is old by then.
DAYS_OF_SET_ASIDE = 31


class Retention:
    """Forgets the deliveries and article texts of one working folder when their time is over."""

    def __init__(
        self, settings: Settings, store: "Store", clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock

    def delete_expired(self) -> dict[str, int]:
        """Delete what is older than the settings say; return how many rows of what."""
        return {
            "deliveries": self._delete_deliveries(
                self._settings.keep.deliveries
            ),
            "texts": self._delete_texts(self._settings.keep.texts),
            "mails": self._forget_mails(),
            "set_aside_links": self._forget_set_aside(),
        }

    def _forget_mails(self) -> int:
        """Forget which mails were read that are in no mailbox any more, nor can come back into one."""
        before = self._clock() - timedelta(days=DAYS_OF_MAIL)
        return self._store.mail.forget_unseen(before)

    def _forget_set_aside(self) -> int:
        """Forget the links of mails that were not taken, and that nobody looks over any more."""
        before = self._clock() - timedelta(days=DAYS_OF_SET_ASIDE)
        return self._store.mail.forget_set_aside(before)

    def _delete_deliveries(self, days: int | None) -> int:
        """Delete the deliveries of editions older than so many days; without days, none."""
        if not days:
            return 0
        before = (self._clock() - timedelta(days=days)).date()
        editions = self._store.retention.list_unpruned_editions(before)
        return sum(self._delete_deliveries_of(key) for key in editions)

    def _delete_deliveries_of(self, key: EditionKey) -> int:
        """Delete the deliveries of one edition; its sums stay. Return how many they were."""
        store = self._store.for_newsletter(key.newsletter)
        counts = store.deliveries.get_delivery_report(key.day).counts
        sums = {
            "counts": {str(state): number for state, number in counts.items()},
            "fates": store.provider_events.count_by_fate(key.day),
        }
        return store.retention.prune_deliveries(key, sums)

    def _delete_texts(self, days: int | None) -> int:
        """Delete the texts of articles older than so many days; without days, none."""
        if not days:
            return 0
        return self._store.retention.prune_texts(
            self._clock() - timedelta(days=days)
        )
