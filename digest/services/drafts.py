"""Drafts: propose an edition, and fill it with what is new until its cut-off.

What persons did to it stays (`digest.edition.refill`). Approval freezes it.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from digest.edition import (
    EditionWindow,
    dump_edition,
    load_edition,
)
from digest.edition.cadence import draft_moment
from digest.edition.changes_by_people import Base, all_picks, work_of_persons
from digest.errors import DigestError, EditConflict, NotFound
from digest.model import EDITION_YEARS, Edition, Pick, Proposal
from digest.services.articles import Articles
from digest.services.draft_merge import (
    DraftMerge,
    Filled,
    MergedDraft,
    base_as_data,
    base_of,
    urls_of,
)
from digest.services.edition_times import EditionTimes
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.fillings import Filling as Stored
    from digest.store.fillings import Snapshot

#: Tries to fill a draft when a person changes it at the same time.
MAX_RETRIES = 5
#: Number of replaced stories that are remembered.
REPLACED_KEPT = 50

SETTINGS_MARK_LENGTH = 16  #: hexadecimal digits

log = logging.getLogger("digest")


class Drafts:
    """The drafts of one workspace, as the machine fills them."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        press: Articles,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._store, self._press, self._clock = (
            settings,
            store,
            press,
            clock,
        )
        self._times = EditionTimes(settings, store, clock)
        self._merging = DraftMerge(settings, store, press, self._times, clock)

    # Drafting

    def find_next_date(self) -> date | None:
        """Return the date of the edition being worked on; None if all are made by hand, and none is."""
        return self._times.find_next_date()

    def get_next_date(self) -> date:
        """Return the date of the edition being worked on. Raises DigestError if there is none."""
        return self._times.get_next_date()

    def create_draft(
        self, day: date | None = None, *, replace_it: bool = False, by: str = ""
    ) -> Filled:
        """Propose and store an edition, by default of the next date.

        Raises DigestError if there is one already, unless `replace_it`; or if that one is being
        sent, or editions are made by hand and no date is given, or the date is of another age.
        """
        day = day or self.get_next_date()
        if day.year not in EDITION_YEARS:
            raise DigestError(
                f"expected a date from {EDITION_YEARS.start} to {EDITION_YEARS.stop - 1} for an "
                f"edition, found {day}"
            )
        for _ in range(MAX_RETRIES):
            replaced = self._store.editions.get_source(day)
            discarded: list[str] = []
            if replaced is not None:
                if not replace_it:
                    raise DigestError(_exists(self._name(day)))
                self._refuse_frozen(day)
                discarded = self.list_discarded_work(day, replaced)
            mark = self._analyse_and_mark(day)
            empty = Edition(day, "")
            merged = self._merging.merge_proposal(day, Base(empty), empty, mark)
            filling = replace(self._as_stored(merged, None), came={})
            text = dump_edition(merged.filled.edition)
            if self._store_draft(day, text, replaced, filling, by):
                self._record_proposals(day, merged)
                return replace(
                    merged.filled, is_changed=True, discarded=tuple(discarded)
                )
        raise EditConflict("the edition", "", "")

    def create_draft_if_missing(self) -> date:
        """Return the date of the edition being worked on, drafted if there is none yet.

        Raises DigestError if editions are made by hand, and none is begun.
        """
        day = self.get_next_date()
        if self._store.editions.get_source(day) is None:
            self.create_draft(day)
        return day

    def list_discarded_work(
        self, day: date, source: str | None = None
    ) -> list[str]:
        """Say line by line what persons' work a new draft would discard. Raises NotFound."""
        base = _base_of_filling(day, self._store.fillings.get_filling(day))
        return work_of_persons(
            base, load_edition(source or self._source(day)), {}
        )

    def is_draft_due(self) -> bool:
        """Return whether the next edition is to be proposed now, and was not."""
        begins = self.next_draft_time()
        if begins is None or self.has_next_draft():
            return False
        return begins <= self._clock()

    def has_next_draft(self) -> bool:
        """Return whether there is a draft of the next edition."""
        day = self.find_next_date()
        if day is None:
            return False
        return self._store.editions.get_source(day) is not None

    def next_draft_time(self) -> datetime | None:
        """Return from when on the next edition is proposed; None if a person does that."""
        newsletter = self._settings.newsletter
        if newsletter.cadence == "by_hand":
            return None
        return draft_moment(newsletter, self.get_next_date())

    # Filling

    def fill_open_drafts(self) -> list[Filled]:
        """Fill every draft that is open with what is new; return those that changed by it.

        A draft that cannot be filled stops no other: the log says why.
        """
        changed: list[Filled] = []
        for day in self._store.fillings.list_filled_dates(
            self._clock().date() - timedelta(days=1)
        ):
            try:
                filled = self.fill_draft(day)
            except DigestError as e:
                log.error("the edition of %s was not filled: %s", day, e)
                continue
            if filled and filled.is_changed:
                changed.append(filled)
        return changed

    def fill_draft(self, day: date) -> Filled | None:
        """Fill a draft with what is new; None if it is not open, or nothing is new."""
        stored = self._store.fillings.get_filling(day)
        if stored is None or not self.is_open(day):
            return None
        mark = self._analyse_and_mark(day)
        if stored.mark == mark:
            return None
        return self._fill(day, mark)

    def refresh_draft(
        self, day: date, *, void_approval: bool = False
    ) -> Filled:
        """Fill an edition by hand, also one that is not open any more; discard nothing.

        Raises NotFound; DigestError if it is being sent, or approved unless `void_approval`.
        """
        self._source(day)
        self._refuse_frozen(day)
        if self.is_approved(day) and not void_approval:
            approval = self._store.editions.get_approval(day)
            raise DigestError(
                f"the edition of {self._name(day)} is approved by "
                f"{approval.by if approval else ''}, and adding stories would void the approval: "
                "`digest draft --refresh --yes` does so"
            )
        return self._fill(day, self._analyse_and_mark(day))

    def refill_after_undo(self, day: date) -> None:
        """Fill in what a person's step back took along. Does nothing where it took nothing."""
        stored = self._store.fillings.get_filling(day)
        if stored is not None and not stored.mark:
            self._fill(day, self._analyse_and_mark(day))

    def is_open(self, day: date) -> bool:
        """Return whether an edition is filled by itself: before its cut-off, not yet approved."""
        store = self._store
        if self._clock() >= self.find_cut_off(
            day
        ) or store.editions.get_approval(day):
            return False
        return store.deliveries.get_send_spec(
            day
        ) is None and store.publications.is_draft(day)

    def is_approved(self, day: date) -> bool:
        """Return whether an edition is approved as it reads now."""
        if self._store.editions.get_approval(day) is None:
            return False
        approved_source, _ = self._store.editions.get_approved_content(day)
        return approved_source == self._source(day)

    def find_cut_off(self, day: date) -> datetime:
        """Return until when an edition is filled: its window's end, or its send time if earlier."""
        return self._times.find_cut_off(day)

    def find_due(self, day: date) -> datetime:
        """Return when an edition is to be sent: the time a person set, or else the usual hour."""
        return self._times.find_due(day)

    def is_skipped(self, day: date) -> bool:
        """Return whether an edition is left out: its time came, and it has nothing to report."""
        return self._times.is_skipped(day)

    def find_covered_window(self, day: date) -> EditionWindow:
        """Return what an edition covers, with what came too late for the one before."""
        return self._times.find_covered_window(day)

    # Texts that are worked on elsewhere

    def take_snapshot(self, day: date) -> "Snapshot":
        """Return an edition for a person to work on its text elsewhere. Raises NotFound."""
        snapshot = self._store.fillings.take_snapshot(day)
        if snapshot is None:
            raise NotFound(f"there is no edition of {self._name(day)}")
        return snapshot

    def store_outside_edit(
        self, text: str, taken: "Snapshot", by: str
    ) -> Edition:
        """Store a text that a person worked on elsewhere; what came in meanwhile is kept.

        Raises EditionError, and Conflict if another person changed the edition meanwhile.
        """
        from digest.store.editions import EditionChange

        edition = load_edition(text)
        day = edition.date
        change = EditionChange("edited", by)
        for _ in range(MAX_RETRIES):
            current = self._store.fillings.take_snapshot(day)
            if current is None or current.revision != taken.revision:
                raise EditConflict("the edition", "", "")
            now = self._clock()
            if current.source == taken.source:
                if self._store.editions.save_text(
                    day, text, now, change, taken.source
                ):
                    return edition
            elif self._store.fillings.restore_text(
                day, text, now, taken, current.source, change
            ):
                self.refill_after_undo(day)
                return load_edition(self._source(day))
        raise EditConflict("the edition", "", "")

    # The machine's edition

    def machine_edition(self, day: date) -> Edition | None:
        """Return what the machine put into an edition; None if it is not filled."""
        filling = self._store.fillings.get_filling(day)
        if filling is None:
            return None
        return base_of(filling.base).edition

    def machine_pick(self, day: date, url: str) -> Pick | None:
        """Return a story as the machine worded it; None if it is a person's."""
        edition = self.machine_edition(day)
        if edition is None:
            return None
        for pick in all_picks(edition):
            if pick.url == url:
                return pick
        return None

    # Inside

    def _fill(self, day: date, mark: str) -> Filled:
        """Merge a new proposal into an edition, and store it; again where a change came between."""
        for _ in range(MAX_RETRIES):
            source = self._source(day)
            approval = self._store.editions.get_approval(day)
            filling = self._store.fillings.get_filling(day)
            base = _base_of_filling(day, filling)
            current = load_edition(source)
            merged = self._merging.merge_proposal(day, base, current, mark)
            is_changed = merged.filled.edition != current
            if filling and not is_changed and merged.base == base:
                self._store.fillings.save_mark(day, mark)
                self._record_proposals(day, merged)
                return merged.filled
            text = source
            if is_changed:
                text = dump_edition(merged.filled.edition)
            approved_at = None
            if approval:
                approved_at = approval.at
            new_filling = self._as_stored(merged, filling)
            if self._store.fillings.save_filling(
                day, text, source, new_filling, approved_at
            ):
                self._record_proposals(day, merged)
                self._note_filled(day, merged.filled)
                return replace(merged.filled, is_changed=is_changed)
        raise EditConflict("the edition", "", "")

    def _as_stored(
        self, merged: MergedDraft, before: "Stored | None"
    ) -> "Stored":
        """Return what is stored of a filling, which goes on from the one before."""
        from digest.store.fillings import Filling as Stored

        now = self._clock()
        names = merged.names
        url_of_name = {
            names.name_of_url(url): url
            for url in urls_of(merged.filled.edition)
        }
        came: dict[str, str] = {}
        went: list[dict[str, str]] = []
        begun = now
        if before:
            begun = before.begun
            for url, time in before.came.items():
                name = names.name_of_url(url)
                if name in url_of_name:
                    came[url_of_name[name]] = time
            urls = set(url_of_name.values())
            went = [story for story in before.went if story["url"] not in urls]
        for pick in merged.filled.came:
            came[pick.url] = now.isoformat()
        went += [_as_data(pick, now) for pick in merged.filled.went]
        base = base_as_data(merged.base, merged.newest_change)
        return Stored(
            base, came, went[-REPLACED_KEPT:], merged.mark, begun, now
        )

    def _store_draft(
        self,
        day: date,
        text: str,
        replaced: str | None,
        filling: "Stored",
        by: str,
    ) -> bool:
        """Store a draft, in place of a text if there was one; say whether that still stood."""
        fillings = self._store.fillings
        if replaced is not None:
            return fillings.replace_draft(day, text, replaced, filling, by)
        if not fillings.add_first_draft(day, text, filling):
            raise DigestError(_exists(self._name(day)))
        return True

    def _record_proposals(self, day: date, merged: MergedDraft) -> None:
        """Store what was offered, for the ranking to learn from, if that is not stored already.

        What a person took out stays among the offers; what the machine filled in counts as drafted.
        """
        names = merged.names
        own = {
            names.name_of_url(pick.url)
            for pick in all_picks(merged.base.edition)
        }
        offers = []
        for proposal in merged.proposals:
            is_own = names.name_of_article(proposal.article) in own
            offers.append(
                replace(proposal, in_draft=proposal.in_draft or is_own)
            )
        stored = self._store.analyses.list_proposals(day)
        if _without_scores(stored) != _without_scores(offers):
            self._store.analyses.save_proposals(day, offers)

    def _note_filled(self, day: date, filled: Filled) -> None:
        if filled.came or filled.went:
            action = (
                f"filled in {len(filled.came)} new, {len(filled.went)} gave way"
            )
            self._store.staff.note_action(self._clock(), "digest", action, day)

    def _analyse_and_mark(self, day: date) -> str:
        """Analyse new articles; return what changes whenever a proposal for a day may."""
        reach = self.find_covered_window(day).earliest_publication
        self._press.analyse_new(reach)
        articles_mark = self._press.current_mark(reach, day)
        text = f"{self._settings_mark()} {articles_mark}"
        return hashlib.sha256(text.encode()).hexdigest()

    def _settings_mark(self) -> str:
        """Return what changes whenever settings do that a proposal depends on."""
        settings = self._settings
        parts = (
            settings.newsletter,
            settings.organisation,
            *settings.sections,
            *settings.outlets,
            *settings.topics,
        )
        text = "\n".join(part.model_dump_json() for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()[:SETTINGS_MARK_LENGTH]

    def _refuse_frozen(self, day: date) -> None:
        """Raise AlreadySent if an edition was sent or is published.

        Raises DigestError if it is being sent, or corrects another: a correction goes only to those
        who got the other, so everybody else would miss new stories in it.
        """
        self._store.publications.refuse_if_not_draft(day)
        corrected = self._store.editions.get_corrected_edition(day)
        if corrected:
            raise DigestError(
                f"the edition of {self._name(day)} is a correction for those who got "
                f"{self._name(corrected)}, and is written by hand: "
                f"`digest edit {self._name(day)}`"
            )
        if self._store.deliveries.get_mailing_transport(day):
            raise DigestError(
                f"the edition of {self._name(day)} is being sent, and cannot be drafted again"
            )

    def _name(self, day: date) -> str:
        """Return the name of an edition, as people and commands give it."""
        return self._settings.name_edition(day)

    def _source(self, day: date) -> str:
        source = self._store.editions.get_source(day)
        if source is None:
            raise NotFound(
                f"there is no edition of {self._name(day)}; `digest draft` proposes one"
            )
        return source


def _base_of_filling(day: date, filling: "Stored | None") -> Base:
    """Return what the machine put into an edition; nothing if it was not filled."""
    if filling is None:
        return Base(Edition(day, ""))
    return base_of(filling.base)


def _without_scores(proposals: Iterable[Proposal]) -> set[Proposal]:
    return {replace(proposal, rules=0.0) for proposal in proposals}


def _as_data(pick: Pick, time: datetime) -> dict[str, str]:
    """Return a replaced story as it is stored."""
    return {
        "headline": pick.headline,
        "outlet": pick.outlet,
        "url": pick.url,
        "at": time.isoformat(),
    }


def _exists(name: str) -> str:
    """Return the message that there is an edition already, by its name."""
    return (
        f"there is an edition of {name}: --refresh fills it with what is new and keeps what persons "
        "did; --replace discards it for a new draft"
    )
