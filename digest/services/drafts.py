"""Filling: a draft is proposed, and filled with what is new until its cut-off.

What persons did to it stands (`digest.edition.refill`). Approval freezes it.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from digest.edition import Window, dump, load, next_date, window
from digest.edition.changes_by_people import Base, all_picks, work_of_persons
from digest.errors import Conflict, DigestError, NotFound
from digest.model import Edition, Pick
from digest.services.articles import Press
from digest.services.draft_merge import (
    Filled,
    Made,
    Merging,
    base_as_data,
    base_of,
    urls_of,
)
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.fillings import Filling as Stored
    from digest.store.fillings import Snapshot

#: How often a filling is tried again when a person's change came between.
MAX_RETRIES = 5
#: How many of the stories that the machine replaced are remembered.
WENT_KEPT = 50

SETTINGS_MARK_LENGTH = 16  #: hexadecimal digits

log = logging.getLogger("digest")


class Filling:
    """The drafts of one workspace, as the machine fills them."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        press: Press,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._store, self._press, self._clock = (
            settings,
            store,
            press,
            clock,
        )
        self._merging = Merging(settings, store, press, clock)

    # Drafting

    def draft(
        self, day: date | None = None, *, replace_it: bool = False, by: str = ""
    ) -> Filled:
        """Propose and store an edition, by default of the next date.

        Raises DigestError if there is one already, unless `replace_it`; or if that one is being
        sent.
        """
        day = day or next_date(self._settings.newsletter, self._clock())
        for _ in range(MAX_RETRIES):
            was = self._store.editions.source(day)
            if was is not None and not replace_it:
                raise DigestError(_exists(day))
            if was is not None:
                self._refuse_frozen(day)
            lost = tuple(self.discards(day, was)) if was is not None else ()
            nothing = Edition(day, "")
            made = self._merging.merged(
                day, Base(nothing), nothing, self._analyse_and_mark(day)
            )
            stored = replace(self._as_stored(made, None), came={})
            if self._store_draft(day, dump(made.filled.edition), was, stored, by):
                self._record_proposals(day, made)
                return replace(made.filled, is_changed=True, discarded=lost)
        raise Conflict("the edition", "", "")

    def draft_if_new(self) -> date:
        """Return the date of the edition being worked on, drafted if there is none yet."""
        day = next_date(self._settings.newsletter, self._clock())
        if self._store.editions.source(day) is None:
            self.draft(day)
        return day

    def discards(self, day: date, source: str | None = None) -> list[str]:
        """Say line by line what persons' work a new draft would discard. Raises NotFound."""
        stored = self._store.fillings.get(day)
        base = base_of(stored.base) if stored else Base(Edition(day, ""))
        return work_of_persons(base, load(source or self._source(day)), {})

    def is_draft_due(self) -> bool:
        """Say whether it is time to propose the next edition, and nobody has."""
        return self.next_draft_time() <= self._clock() and not self.has_next_draft()

    def has_next_draft(self) -> bool:
        """Say whether there is a draft of the next edition."""
        day = next_date(self._settings.newsletter, self._clock())
        return self._store.editions.source(day) is not None

    def next_draft_time(self) -> datetime:
        """Return from when on the next edition is proposed."""
        newsletter = self._settings.newsletter
        day = next_date(newsletter, self._clock())
        return window(newsletter, day).end - timedelta(hours=newsletter.draft_ahead)

    # Filling

    def fill_all(self) -> list[Filled]:
        """Fill every draft that is open with what is new; return those that changed by it.

        A draft that cannot be filled stops no other: the log says why.
        """
        changed: list[Filled] = []
        for day in self._store.fillings.days(self._clock().date() - timedelta(days=1)):
            try:
                filled = self.fill(day)
            except DigestError as e:
                log.error("the edition of %s was not filled: %s", day, e)
                continue
            if filled and filled.is_changed:
                changed.append(filled)
        return changed

    def fill(self, day: date) -> Filled | None:
        """Fill a draft with what is new; None if it is not open, or nothing is new."""
        stored = self._store.fillings.get(day)
        if stored is None or not self.is_open(day):
            return None
        mark = self._analyse_and_mark(day)
        if stored.mark == mark:
            return None
        return self._fill(day, mark)

    def refresh(self, day: date, *, void_approval: bool = False) -> Filled:
        """Fill an edition by hand, also one that is not open any more; discard nothing.

        Raises NotFound; DigestError if it is being sent, or approved unless `void_approval`.
        """
        self._source(day)
        self._refuse_frozen(day)
        if self.is_approved(day) and not void_approval:
            given = self._store.editions.approval(day)
            raise DigestError(
                f"the edition of {day} is approved by {given.by if given else ''}, and filling it "
                "would void that: `digest draft --refresh --yes` does it all the same"
            )
        return self._fill(day, self._analyse_and_mark(day))

    def fill_again(self, day: date) -> None:
        """Fill in what a person's step back took along. Does nothing where it took nothing."""
        stored = self._store.fillings.get(day)
        if stored is not None and not stored.mark:
            self._fill(day, self._analyse_and_mark(day))

    def is_open(self, day: date) -> bool:
        """Say whether an edition is filled by itself: before its cut-off, not yet approved."""
        store = self._store
        if self._clock() >= self.cut_off(day) or store.editions.approval(day):
            return False
        return store.deliveries.frozen(day) is None and store.publications.is_draft(day)

    def is_approved(self, day: date) -> bool:
        """Say whether an edition is approved as it reads now."""
        given = self._store.editions.approval(day)
        return bool(given) and self._store.editions.as_approved(day)[0] == self._source(
            day
        )

    def cut_off(self, day: date) -> datetime:
        """Return until when an edition fills: its window's end, or when it leaves if earlier."""
        return self._merging.cut_off(day)

    def covered(self, day: date) -> Window:
        """Return what an edition covers, with what came too late for the one before."""
        return self._merging.covered(day)

    # Texts that are worked on elsewhere

    def snapshot(self, day: date) -> "Snapshot":
        """Return an edition for a person to work on its text elsewhere. Raises NotFound."""
        found = self._store.fillings.snapshot(day)
        if found is None:
            raise NotFound(f"there is no edition of {day}")
        return found

    def bring_back(self, text: str, taken: "Snapshot", by: str) -> Edition:
        """Store a text that a person worked on elsewhere; what came in meanwhile is kept.

        Raises EditionError, and Conflict if another person changed the edition meanwhile.
        """
        from digest.store.editions import Change

        edition, store = load(text), self._store
        for _ in range(MAX_RETRIES):
            now = store.fillings.snapshot(edition.date)
            if now is None or now.revision != taken.revision:
                raise Conflict("the edition", "", "")
            change = Change("edited", by)
            if now.source == taken.source:
                at = self._clock()
                if store.editions.save(edition.date, text, at, change, taken.source):
                    return edition
                continue
            at = self._clock()
            if store.fillings.bring_back(
                edition.date, text, at, taken, now.source, change
            ):
                self.fill_again(edition.date)
                return load(self._source(edition.date))
        raise Conflict("the edition", "", "")

    # What is the machine's

    def machine_edition(self, day: date) -> Edition | None:
        """Return what the machine put into an edition; None if it is not filled."""
        stored = self._store.fillings.get(day)
        return base_of(stored.base).edition if stored else None

    def machine_pick(self, day: date, url: str) -> Pick | None:
        """Return a story as the machine worded it; None if it is a person's."""
        drafted = self.machine_edition(day)
        picks = all_picks(drafted) if drafted else ()
        return next((p for p in picks if p.url == url), None)

    # Inside

    def _fill(self, day: date, mark: str) -> Filled:
        for _ in range(MAX_RETRIES):
            source, approval = self._source(day), self._store.editions.approval(day)
            stored, current = self._store.fillings.get(day), load(source)
            base = base_of(stored.base) if stored else Base(Edition(day, ""))
            made = self._merging.merged(day, base, current, mark)
            changed = made.filled.edition != current
            if stored and not changed and made.base == base:
                self._store.fillings.note_mark(day, mark)
                self._record_proposals(day, made)
                return made.filled
            text = dump(made.filled.edition) if changed else source
            filling = self._as_stored(made, stored)
            given_at = approval.at if approval else None
            if self._store.fillings.fill(day, text, source, filling, given_at):
                self._record_proposals(day, made)
                self._note(day, made.filled)
                return replace(made.filled, is_changed=changed)
        raise Conflict("the edition", "", "")

    def _as_stored(self, made: "Made", before: "Stored | None") -> "Stored":
        from digest.store.fillings import Filling as Stored

        now, names = self._clock(), made.names
        there = {names.of_url(u): u for u in urls_of(made.filled.edition)}
        known = before.came if before else {}
        came = {
            there[names.of_url(u)]: at
            for u, at in known.items()
            if names.of_url(u) in there
        }
        came |= {p.url: now.isoformat() for p in made.filled.came}
        went = [
            one
            for one in (before.went if before else [])
            if one["url"] not in there.values()
        ]
        went += [_told(p, now) for p in made.filled.went]
        base = base_as_data(made.base, made.newest_change)
        begun = before.begun if before else now
        return Stored(base, came, went[-WENT_KEPT:], made.mark, begun, now)

    def _store_draft(
        self, day: date, text: str, was: str | None, stored: "Stored", by: str
    ) -> bool:
        fillings = self._store.fillings
        if was is not None:
            return fillings.replace(day, text, was, stored, by)
        if not fillings.begin(day, text, stored):
            raise DigestError(_exists(day))
        return True

    def _record_proposals(self, day: date, made: "Made") -> None:
        """Store what was offered, for who learns from it, if it is not what is stored already.

        What a person took out stays among the offers; what the machine filled in counts as drafted.
        """
        own = {made.names.of_url(p.url) for p in all_picks(made.base.edition)}
        offers = [
            replace(p, in_draft=p.in_draft or made.names.of_article(p.article) in own)
            for p in made.proposals
        ]
        before = self._store.judgements.proposals_of(day)
        if {replace(p, rules=0.0) for p in before} != {
            replace(p, rules=0.0) for p in offers
        }:
            self._store.judgements.propose(day, offers)

    def _note(self, day: date, filled: Filled) -> None:
        if filled.came or filled.went:
            what = f"filled in {len(filled.came)} new, {len(filled.went)} gave way"
            self._store.staff.note(self._clock(), "digest", what, day)

    def _analyse_and_mark(self, day: date) -> str:
        """Analyse new articles; return what changes whenever a proposal for a day may."""
        reach = self.covered(day).reach
        self._press.analyse_new(reach)
        articles_mark = self._press.mark(reach, day)
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

        Raises DigestError if it is being sent, or corrects another: such a one goes to the readers
        of that one alone, so that whatever else stood in it would be missed by everybody else.
        """
        self._store.publications.check_draft(day)
        corrected = self._store.editions.corrects(day)
        if corrected:
            raise DigestError(
                f"the edition of {day} is a correction for the readers of {corrected} alone, and "
                f"is written by hand: `digest edit {day}`"
            )
        if self._store.deliveries.mailed_by(day):
            raise DigestError(
                f"the edition of {day} is being sent: it is not drafted again"
            )

    def _source(self, day: date) -> str:
        source = self._store.editions.source(day)
        if source is None:
            raise NotFound(f"there is no edition of {day}; `digest draft` proposes one")
        return source


def _told(pick: Pick, now: datetime) -> dict[str, str]:
    named = {"headline": pick.headline, "outlet": pick.outlet, "url": pick.url}
    return named | {"at": now.isoformat()}


def _exists(day: date) -> str:
    return (
        f"there is an edition of {day}: --refresh fills it with what is new and keeps what persons "
        "did; --replace discards it for a new draft"
    )
