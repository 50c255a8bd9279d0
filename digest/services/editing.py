"""Editing: list the stories of a week, and change an edition step by step, for one person."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from digest.edition import (
    dump_edition,
    load_edition,
    operations,
    pick_of,
    reason_to_leave_out,
    words_for_no_section,
)
from digest.edition.changes_by_people import all_picks
from digest.edition.saved_blocks import check_lead
from digest.errors import DigestError, EditConflict, NotFound
from digest.infra.running_text import fold_spaces
from digest.model import AnalysedArticle, Article, Edition, Lead, Pick, Story
from digest.services.article_texts import with_article_texts
from digest.services.articles import Articles
from digest.services.drafts import Drafts
from digest.services.news_since_visit import NewsSinceVisit, Visits
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.edition.operations import Change as Edit
    from digest.store import Store

#: Tries of a change when somebody else changes the edition at the same time.
MAX_RETRIES = 5
#: Labels of fields, where that is not their name.
FIELD_LABELS = {"preheader": "preview line", "quotes_text": "quotes"}
#: The field of a story line that has lines: the quotes of our people, one a line.
QUOTES = "quotes_text"

T = TypeVar("T", Edition, Pick)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate: a story of the week, as an editor looks at it."""

    story: Story
    picked: str  #: the section it is in; "" if in none
    rejected: bool
    now: datetime
    earlier: tuple[str, ...] = ()  #: headlines it ran under before
    #: the article (id) that stands for it in the edition; 0 if none does
    stands: int = 0
    #: it came since the person last looked, and nobody has picked or rejected it
    is_new: bool = False

    @property
    def aside(self) -> str:
        """Reason why a draft would leave it out; "" if it would not."""
        return reason_to_leave_out(self.judged, self.now)

    @property
    def article(self) -> Article:
        """The article that represents the story."""
        return self.story.representative.article

    @property
    def judged(self) -> AnalysedArticle:
        """The article with its relevance."""
        return self.story.representative


class Editing:
    """The editions of one working folder, as one of the people who edit them sees them."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        press: Articles,
        filling: Drafts,
        clock: Callable[[], datetime],
        person: str,
    ) -> None:
        self._settings = settings
        self._store = store
        self._press = press
        self._clock = clock
        self._filling = filling
        self._seen = Visits(store, clock)
        self._person = person

    def list_candidates(self, day: date) -> list[Candidate]:
        """Return the stories of a window, in the order in which sections should take them.

        What names the organisation is among them, also if the newsletter has no section for it; and
        what may name it.
        """
        relevant = [
            story
            for story in self._load_stories(day)
            if story.representative.judgement.section
            or story.representative.is_left_out
            or story.representative.may_name_us
        ]
        return self._as_candidates(day, relevant)

    def list_near_misses(self, day: date) -> list[Candidate]:
        """Return the stories of a window that hold a name, where no place of it counts.

        What a person is to decide is not among them: `list_candidates` has it.
        """
        near_misses = [
            story
            for story in self._load_stories(day)
            if _is_near_miss(story.representative)
        ]
        if not near_misses:
            return []
        return self._as_candidates(day, near_misses)

    def find_candidate(self, day: date, article: int) -> Candidate:
        """Return the story of an article among them. Raises NotFound."""
        story = self._story_of(day, article)
        return self._as_candidates(day, [story])[0]

    def load_edition(self, day: date) -> Edition:
        """Return an edition. Raises NotFound."""
        return load_edition(self._source(day))

    def original_headlines(self, day: date) -> dict[str, str]:
        """Return the headlines that the outlets gave an edition's stories, by address."""
        from digest.collect import article_key

        headlines = {}
        for pick in all_picks(self.load_edition(day)):
            article = self._store.articles.find_article(article_key(pick.url))
            if article:
                headlines[pick.url] = article.title
        return headlines

    # What is new

    def find_news(self, day: date) -> NewsSinceVisit | None:
        """Return what is new since this person last looked; None if the edition is not filled."""
        return self._seen.find_news(day, self._person)

    def note_visit(self, day: date, shown: datetime) -> None:
        """Record that this person saw the edition of a time; new stories stay marked meanwhile."""
        self._seen.note_visit(day, self._person, shown)

    def mark_seen(self, day: date, shown: datetime) -> None:
        """Record that they have seen all that was shown at a time."""
        self._seen.mark_seen(day, self._person, shown)

    # Stories

    def pick_story(self, day: date, article: int, section: str) -> Pick:
        """Put an article's story into a section; one that is in already moves. Raises NotFound."""
        story = self._story_of(day, article)
        pick = self._make_pick(story, article)
        take_out = self._operations_to_remove(day, story)
        edit = _combine([*take_out, operations.add_story(section, pick)])
        number = story.representative.article.id
        self.apply_edit(day, edit, f"picked “{pick.headline}”", article=number)
        return pick

    def pick_added_article(
        self, day: date, brought: AnalysedArticle, section: str
    ) -> Pick:
        """Put a manual article into a section, whatever its age.

        Raises DigestError if no section is given and the article belongs to none.
        """
        section = section or brought.judgement.section
        if not section:
            reason = words_for_no_section(brought)
            raise DigestError(
                f"“{brought.article.title}” {reason}: choose a section"
            )
        try:
            return self.pick_story(day, brought.article.id, section)
        except NotFound:  # it is older than the candidates
            pick = self._make_pick(Story((brought,)), brought.article.id)
            self.apply_edit(
                day,
                operations.add_story(section, pick),
                f"picked “{pick.headline}”",
            )
            return pick

    def change_representative(self, day: date, article: int) -> Pick:
        """Let another article represent its story, in the same place. Raises NotFound."""
        story = self._story_of(day, article)
        picks = self._picks_of(day, story)
        if not picks:
            return self.pick_story(
                day, article, story.representative.judgement.section
            )
        pick = self._make_pick(story, article)
        edit = operations.rewrite_story(picks[0].url, lambda _: pick)
        self.apply_edit(
            day, edit, f"let {pick.outlet} stand for “{picks[0].headline}”"
        )
        return pick

    def restore_story(self, day: date, article: int) -> None:
        """Put a story back among the candidates, from the edition or from those passed over."""
        self._set_aside(day, article, "put back", rejects=False)

    def reject_story(self, day: date, article: int) -> None:
        """Pass a story over; one that is in the edition is taken out."""
        self._set_aside(day, article, "passed over", rejects=True)

    # The edition

    def change_story_line(
        self,
        day: date,
        url: str,
        values: Mapping[str, str],
        was: Mapping[str, str],
    ) -> None:
        """Change what a story line says, field by field (headline, note, quote, gift, outlet).

        In an internal newsletter also proof, reasons, excerpt, and quotes_text, a quote a line.
        `was` is what the editor saw. Raises Conflict if one of the fields that are changed reads
        otherwise by now, and EditionError if it cannot be written so.
        """
        changed = [name for name in values if values[name] != was.get(name, "")]
        if not changed:
            return
        own = self._filling.machine_pick(day, url)

        def change_fields(pick: Pick) -> Pick:
            return _with_changes(pick, values, was, own)

        edit = operations.rewrite_story(url, change_fields)
        self.apply_edit(day, edit, f"changed {', '.join(changed)}", target=url)

    def change_heading(
        self, day: date, values: Mapping[str, str], was: Mapping[str, str]
    ) -> None:
        """Change subject and preview line (preheader) as `say` changes a story line."""
        own = self._filling.machine_edition(day)

        def change_fields(edition: Edition) -> Edition:
            return _with_changes(edition, values, was, own)

        action = "changed the subject or the preview line"
        self.apply_edit(day, change_fields, action, target="head")

    def move_story(self, day: date, url: str, section: str, place: int) -> None:
        """Put a story at a place (from 0) of a section. Raises NotFound."""
        self.apply_edit(
            day, operations.move_story(url, section, place), "moved a story"
        )

    def shift_story(self, day: date, url: str, section: str, by: int) -> None:
        """Put a story that many places further down in its section. Raises NotFound."""
        self.apply_edit(
            day, operations.shift_story(url, section, by), "moved a story"
        )

    def remove_story(self, day: date, url: str) -> None:
        """Take a story out of the edition. Raises NotFound."""
        self.apply_edit(day, operations.drop_story(url), "took a story out")

    def write_lead(
        self, day: date, number: int, lead: Lead | None, was: Lead | None
    ) -> None:
        """Store a lead, or remove it (None); `was` is the lead that the editor saw, None for a new one."""

        def set_lead(edition: Edition) -> Edition:
            current = None
            if lead:
                check_lead(lead, edition.leads)
            if number < len(edition.leads):
                current = edition.leads[number]
            _check_unchanged(
                "the lead",
                _lead_as_text(current),
                _lead_as_text(was),
                _lead_as_text(lead),
                asdict(current or Lead("")),
            )
            return operations.set_lead(number, lead)(edition)

        if lead:
            action = f"wrote “{lead.headline}”"
            self.apply_edit(day, set_lead, action, target=f"lead {number}")
        else:
            self.apply_edit(day, set_lead, "took a lead out", target="")

    def apply_edit(
        self, day: date, edit: "Edit", action: str, **more: Any
    ) -> Edition:
        """Make one change to the present edition; all other changes stay.

        `more` holds further parts of the change: see `EditionChange` in the store.
        """
        from digest.store.editions import EditionChange

        change = EditionChange(action, self._person, **more)
        for _ in range(MAX_RETRIES):
            source = self._source(day)
            before = load_edition(source)
            edited = edit(before)
            text = source
            if edited != before:
                text = dump_edition(edited)
            if self._store.editions.save_text(
                day, text, self._clock(), change, source
            ):
                return edited
        raise EditConflict("the edition", "", "")

    def find_last_changed_article(self, day: date) -> int:
        """Return the article (id) that the last change picked or passed over; 0 if it was another."""
        return self._store.editions.find_last_changed_article(day)

    def undo_last_change(self, day: date) -> str:
        """Take the last change by a person back; say what it was, "" if there is none.

        What the machine filled in since stays.
        """
        action = self._store.editions.undo_last_change(day, self._clock())
        self._filling.refill_after_undo(day)
        return action

    # Inside

    def _set_aside(
        self, day: date, article: int, action: str, *, rejects: bool
    ) -> None:
        """Take a story out of the edition if it is in, and record whether it is rejected."""
        story = self._story_of(day, article)
        edit = _combine(self._operations_to_remove(day, story))
        representative = story.representative.article
        self.apply_edit(
            day,
            edit,
            f"{action} “{representative.title}”",
            article=representative.id,
            rejects=rejects,
        )

    def _operations_to_remove(self, day: date, story: Story) -> list["Edit"]:
        return [
            operations.drop_story(pick.url)
            for pick in self._picks_of(day, story)
        ]

    def _load_stories(self, day: date) -> list[Story]:
        covered = self._filling.find_covered_window(day)
        return self._press.list_stories(covered.start, day, covered)

    def _as_candidates(
        self, day: date, stories: Sequence[Story]
    ) -> list[Candidate]:
        """Return stories with their state in the edition, and for the person."""
        sections = self._sections_by_article(day)
        rejected = self._store.editions.get_rejected_articles(day)
        numbers = [story.representative.article.id for story in stories]
        earlier = self._store.articles.get_earlier_headlines(numbers)
        news = self.find_news(day)
        filled_in = self._filled_in_articles(day, news)
        candidates = []
        for number, story in zip(numbers, stories, strict=True):
            standing = _first_of(story, sections)
            is_rejected = number in rejected
            is_new = not is_rejected and _is_new(
                story, standing, filled_in, news
            )
            candidates.append(
                Candidate(
                    story,
                    picked=sections.get(standing, ""),
                    rejected=is_rejected,
                    now=self._clock(),
                    earlier=tuple(earlier.get(number, ())),
                    stands=standing,
                    is_new=is_new,
                )
            )
        return candidates

    def _filled_in_articles(
        self, day: date, news: NewsSinceVisit | None
    ) -> set[int]:
        """Return the articles (ids) that were filled in since the person last looked."""
        if news is None:
            return set()
        ids = self._ids_by_url(day)
        return {ids[url] for url in news.came if url in ids}

    def _story_of(self, day: date, article: int) -> Story:
        """Return the story of an article (id). Raises NotFound."""
        for story in self._load_stories(day):
            if article in _article_ids(story):
                return story
        raise NotFound(
            f"article {article} is not among the candidates of "
            f"{self._settings.name_edition(day)}"
        )

    def _make_pick(self, story: Story, article: int) -> Pick:
        """Make a pick of a story as one of its articles (id) tells it."""
        from digest.collect import strip_trackers

        chosen = [one for one in story.articles if one.article.id == article]
        others = [one for one in story.articles if one.article.id != article]
        reordered = replace(story, articles=(*chosen, *others))
        (with_text,) = with_article_texts(
            [reordered], self._settings.newsletter, self._store
        )
        return pick_of(with_text, self._settings, strip_trackers)

    def _picks_of(self, day: date, story: Story) -> list[Pick]:
        """Return the story lines of the edition that tell a story."""
        articles = _article_ids(story)
        ids = self._ids_by_url(day)
        picks = all_picks(self.load_edition(day))
        return [pick for pick in picks if ids.get(pick.url) in articles]

    def _sections_by_article(self, day: date) -> dict[int, str]:
        """Return in which section the articles (ids) are that the edition carries."""
        ids = self._ids_by_url(day)
        sections = {}
        for section in self.load_edition(day).sections:
            for pick in section.picks:
                if pick.url in ids:
                    sections[ids[pick.url]] = section.key
        return sections

    def _ids_by_url(self, day: date) -> dict[str, int]:
        """Return the ids of the articles that the edition carries, by address."""
        from digest.collect import article_key

        keys = {
            pick.url: article_key(pick.url)
            for pick in all_picks(self.load_edition(day))
        }
        ids = self._store.articles.find_article_ids(keys.values())
        return {
            url: ids[url_key] for url, url_key in keys.items() if url_key in ids
        }

    def _source(self, day: date) -> str:
        source = self._store.editions.get_source(day)
        if source is None:
            name = self._settings.name_edition(day)
            raise NotFound(f"there is no edition of {name}")
        return source


def _is_near_miss(judged: AnalysedArticle) -> bool:
    """Return whether an article holds a name, is in no section, and nobody is asked about it."""
    if judged.judgement.section or judged.may_name_us:
        return False
    return judged.reading.is_near_miss


def _article_ids(story: Story) -> set[int]:
    return {one.article.id for one in story.articles}


def _first_of(story: Story, articles: Container[int]) -> int:
    """Return the first article (id) of a story that is among some; 0 if none is."""
    for one in story.articles:
        if one.article.id in articles:
            return one.article.id
    return 0


def _is_new(
    story: Story,
    standing: int,
    filled_in: Container[int],
    news: NewsSinceVisit | None,
) -> bool:
    """Return whether a story came since a person last looked.

    `standing` is the article (id) that stands for it in the edition; 0 if none does.
    """
    if standing:
        return standing in filled_in
    if news is None:
        return False
    for one in story.articles:
        first_seen = one.article.first_seen
        if first_seen is None or first_seen <= news.since:
            return False
    return True


def _combine(edits: Sequence["Edit"]) -> "Edit":
    """Return the edit that makes several, one after the other."""

    def edit_all(edition: Edition) -> Edition:
        for edit in edits:
            edition = edit(edition)
        return edition

    return edit_all


def _with_changes(
    current: T, values: Mapping[str, str], was: Mapping[str, str], own: T | None
) -> T:
    """Change the fields whose value is not what was there when the editor looked.

    A value that the machine changed meanwhile, as `own` has it, is replaced by the person's. Raises
    Conflict if another person changed one of the fields.
    """
    changes = {}
    for name, value in values.items():
        seen_value = _tidy(name, was.get(name, ""))
        if _tidy(name, value) == seen_value:
            continue
        changes[name] = _tidy(name, value)
        value_now = getattr(current, name)
        if own is not None and value_now == getattr(own, name):
            continue
        label = f"the {FIELD_LABELS.get(name, name)}"
        fields = {name: value_now}
        _check_unchanged(label, value_now, seen_value, changes[name], fields)
    fields_to_store: dict[str, Any] = dict(changes)
    if QUOTES in changes:
        quotes = tuple(fields_to_store.pop(QUOTES).splitlines())
        fields_to_store["our_quotes"] = quotes
    return replace(current, **fields_to_store)


def _tidy(name: str, value: str) -> str:
    """Return what was typed into a field with single spaces, on one line but for the quotes."""
    if name != QUOTES:
        return fold_spaces(value)
    lines = (fold_spaces(line) for line in value.splitlines())
    return "\n".join(filter(None, lines))


def _check_unchanged(
    label: str, now: str, was: str, new: str, fields: Mapping[str, str]
) -> None:
    """Raise Conflict if a text is now neither what the editor saw nor what they write."""
    if now not in (was, new):
        raise EditConflict(label, now, new, fields)


def _lead_as_text(lead: Lead | None) -> str:
    if lead is None:
        return ""
    return f"{lead.headline}\n\n{lead.dek}\n\n{lead.body}"
