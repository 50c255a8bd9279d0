"""The editor's table: what the week brought, and the edition that is made of it, step by step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from digest.edition import aside, change, dump, load, pick_of
from digest.errors import Conflict, NotFound
from digest.model import Article, Edition, Judged, Lead, Pick, Story
from digest.press import Press
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.edition.change import Change
    from digest.store import Store

#: How often a change is tried again when somebody else's came between.
TRIES = 5
#: What fields are called where that is not their name.
NAMES = {"preheader": "preview line"}

T = TypeVar("T", Edition, Pick)


@dataclass(frozen=True, slots=True)
class Find:
    """A story that the week brought, as an editor looks at it."""

    story: Story
    picked: str  #: the section it is in; "" if in none
    rejected: bool
    aside: str  #: why a draft would leave it out; "" if it would not
    earlier: tuple[str, ...]  #: headlines it ran under before

    @property
    def article(self) -> Article:
        """The article that stands for the story."""
        return self.story.representative.article

    @property
    def judged(self) -> Judged:
        """The article with its judgement."""
        return self.story.representative


class Desk:
    """One working folder's editions, as people work on them together."""

    def __init__(
        self,
        settings: Settings,
        store: Callable[[], "Store"],
        press: Press,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._open, self._press, self._clock = settings, store, press, clock

    def finds(self, day: date, start: datetime) -> list[Find]:
        """Return the stories since a time, in the order in which sections should take them."""
        from digest.collect import key

        stories = self._press.stories(start, but=day)
        edition, rejected = self.edition(day), self._open().editions.rejected(day)
        picked = {key(p.url): s.key for s in edition.sections for p in s.picks}
        shown = [s for s in stories if s.representative.judgement.section]
        earlier = self._open().articles.earlier_headlines([_id(s) for s in shown])
        return [
            Find(
                s,
                next((picked[k] for k in self._keys(s) if k in picked), ""),
                _id(s) in rejected,
                aside(s.representative, self._clock()),
                tuple(earlier.get(_id(s), ())),
            )
            for s in shown
        ]

    def edition(self, day: date) -> Edition:
        """Return an edition. Raises NotFound."""
        return load(self._source(day))

    def originals(self, day: date) -> dict[str, str]:
        """Return the headlines that the outlets gave an edition's stories, by address."""
        from digest.collect import key

        urls = [p.url for s in self.edition(day).sections for p in s.picks]
        found = {url: self._open().articles.find(key(url)) for url in urls}
        return {url: article.title for url, article in found.items() if article}

    def pick(self, day: date, article: int, section: str) -> Pick:
        """Put an article's story into a section. Raises NotFound."""
        from digest.collect import untracked

        story = self._story(day, article)
        pick = pick_of(story, self._settings, untracked)
        self.apply(day, change.add(section, pick), f"picked “{pick.headline}”")
        self._open().editions.reject(day, article, False)
        return pick

    def put_back(self, day: date, article: int) -> None:
        """Take an article's story out of the edition. Raises NotFound."""
        from digest.collect import key

        keys = self._keys(self._story(day, article))
        picks = [p for s in self.edition(day).sections for p in s.picks if key(p.url) in keys]
        for pick in picks:
            self.apply(day, change.drop(pick.url), f"took out “{pick.headline}”")

    def reject(self, day: date, article: int, rejected: bool = True) -> None:
        """Pass a story over, or no more; one that is in the edition is taken out."""
        if rejected:
            self.put_back(day, article)
        self._open().editions.reject(day, article, rejected)

    def say(self, day: date, url: str, said: Mapping[str, str], was: Mapping[str, str]) -> None:
        """Change what a story line says, field by field (headline, note, quote, gift, outlet).

        `was` is what the editor saw. Raises Conflict if one of the fields that are changed reads
        otherwise by now, and EditionError if it cannot be written so.
        """
        fields = [name for name in said if said[name] != was.get(name, "")]
        if fields:
            edit = change.rewrite(url, lambda pick: _merged(pick, said, was))
            self.apply(day, edit, f"changed {', '.join(fields)}")

    def head(self, day: date, said: Mapping[str, str], was: Mapping[str, str]) -> None:
        """Change subject and preview line (preheader) as `say` changes a story line."""
        what = "changed the subject or the preview line"
        self.apply(day, lambda edition: _merged(edition, said, was), what)

    def move(self, day: date, url: str, section: str, place: int) -> None:
        """Put a story at a place (from 0) of a section. Raises NotFound."""
        self.apply(day, change.move(url, section, place), "moved a story")

    def shift(self, day: date, url: str, section: str, by: int) -> None:
        """Put a story that many places further down in its section. Raises NotFound."""
        self.apply(day, change.shift(url, section, by), "moved a story")

    def drop(self, day: date, url: str) -> None:
        """Take a story out of the edition. Raises NotFound."""
        self.apply(day, change.drop(url), "took a story out")

    def write(self, day: date, number: int, lead: Lead | None, was: Lead | None) -> None:
        """Store a lead, or take it out (None); `was` is what the editor saw, None for a new one."""

        def edited(edition: Edition) -> Edition:
            now = edition.leads[number] if number < len(edition.leads) else None
            _unchanged("the lead", _as_text(now), _as_text(was), _as_text(lead))
            return change.set_lead(number, lead)(edition)

        self.apply(day, edited, f"wrote “{lead.headline}”" if lead else "took a lead out")

    def apply(self, day: date, edit: "Change", what: str) -> Edition:
        """Make one change on the edition as it is now; whatever else was changed stays."""
        for _ in range(TRIES):
            source = self._source(day)
            edited = edit(load(source))
            if self._open().editions.save(day, dump(edited), self._clock(), what, was=source):
                return edited
        raise Conflict("the edition", "", "")

    def undo(self, day: date) -> str:
        """Take the last change back; say what it was, "" if there is none."""
        return self._open().editions.undo(day, self._clock())

    def _story(self, day: date, article: int) -> Story:
        found = self._open().articles.get(article)
        if found is None:
            raise NotFound(f"there is no article {article}")
        window = timedelta(days=self._settings.newsletter.window)
        stories = self._press.stories(
            min(found.published or self._clock(), self._clock()) - window, day
        )
        story = next((s for s in stories if any(j.article.id == article for j in s.articles)), None)
        if story is None:
            raise NotFound(f"article {article} belongs to no story")
        chosen = next(j for j in story.articles if j.article.id == article)
        others = tuple(j for j in story.articles if j is not chosen)
        return replace(story, articles=(chosen, *others))

    def _keys(self, story: Story) -> list[str]:
        from digest.collect import key, untracked

        return [key(untracked(j.article.url)) for j in story.copies if j.article.url]

    def _source(self, day: date) -> str:
        source = self._open().editions.source(day)
        if source is None:
            raise NotFound(f"there is no edition of {day}")
        return source


def _id(story: Story) -> int:
    return story.representative.article.id


def _merged(shown: T, said: Mapping[str, str], was: Mapping[str, str]) -> T:
    """Change the fields in which what is said is not what was there when the editor looked."""
    fields = {n: " ".join(v.split()) for n, v in said.items() if v != was.get(n, "")}
    for name, ours in fields.items():
        _unchanged(f"the {NAMES.get(name, name)}", getattr(shown, name), was.get(name, ""), ours)
    return replace(shown, **fields)  # type: ignore[arg-type]


def _unchanged(what: str, now: str, was: str, ours: str) -> None:
    if now not in (was, ours):
        raise Conflict(what, now, ours)


def _as_text(lead: Lead | None) -> str:
    return f"{lead.headline}\n\n{lead.dek}\n\n{lead.body}" if lead else ""
