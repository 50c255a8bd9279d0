"""The editor's table: what the week brought, and the edition that is made of it, step by step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from digest.edition import aside, dump, load, operations, pick_of
from digest.errors import Conflict, DigestError, NotFound
from digest.model import Article, Edition, Judged, Lead, Pick, Story
from digest.services.articles import Press
from digest.services.drafts import Filling
from digest.services.news_since_visit import News, Seen
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.edition.operations import Change as Edit
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
    now: datetime
    earlier: tuple[str, ...] = ()  #: headlines it ran under before
    #: the article (id) that stands for it in the edition; 0 if none does
    stands: int = 0
    #: it came since whoever asks last looked, and nobody has dealt with it
    is_new: bool = False

    @property
    def aside(self) -> str:
        """Why a draft would leave it out; "" if it would not."""
        return aside(self.judged, self.now)

    @property
    def article(self) -> Article:
        """The article that stands for the story."""
        return self.story.representative.article

    @property
    def judged(self) -> Judged:
        """The article with its judgement."""
        return self.story.representative


class Desk:
    """One working folder's editions, as one of the people who work on them together sees them."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        press: Press,
        filling: Filling,
        clock: Callable[[], datetime],
        who: str,
    ) -> None:
        self._settings = settings
        self._store = store
        self._press = press
        self._clock = clock
        self._filling = filling
        self._seen = Seen(store, clock)
        self._who = who

    def finds(self, day: date) -> list[Find]:
        """Return the stories of a window, in the order in which sections should take them."""
        return self._found(day, [s for s in self._stories(day) if _has_section(s)])

    def find(self, day: date, article: int) -> Find:
        """Return the story of an article among them. Raises NotFound."""
        return self._found(day, [self._story(day, article)])[0]

    def edition(self, day: date) -> Edition:
        """Return an edition. Raises NotFound."""
        return load(self._source(day))

    def originals(self, day: date) -> dict[str, str]:
        """Return the headlines that the outlets gave an edition's stories, by address."""
        from digest.collect import key

        urls = [p.url for s in self.edition(day).sections for p in s.picks]
        found = {url: self._store.articles.find(key(url)) for url in urls}
        return {url: article.title for url, article in found.items() if article}

    # What is new

    def news(self, day: date) -> News | None:
        """Return what is new since they last looked; None if the edition is not filled."""
        return self._seen.news(day, self._who)

    def note_visit(self, day: date, shown: datetime) -> None:
        """Record that they look at what was shown at a time; it stays marked while they do."""
        self._seen.note_visit(day, self._who, shown)

    def mark_seen(self, day: date, shown: datetime) -> None:
        """Record that they have seen all that was shown at a time."""
        self._seen.mark_seen(day, self._who, shown)

    # Stories

    def pick(self, day: date, article: int, section: str) -> Pick:
        """Put an article's story into a section; one that is in already moves. Raises NotFound."""
        story = self._story(day, article)
        pick = self._pick_of(story, article)
        out = [operations.drop(p.url) for p in self._picks_of(day, story)]
        edit = _all([*out, operations.add(section, pick)])
        what = f"picked “{pick.headline}”"
        self.apply(day, edit, what, article=_id(story))
        return pick

    def take(self, day: date, brought: Judged, section: str) -> Pick:
        """Put an article that a person brought into a section, whatever its age.

        Raises DigestError if no section is given and it belongs to none.
        """
        section = section or brought.judgement.section
        if not section:
            raise DigestError(
                f"“{brought.article.title}” names nobody of yours: choose a section"
            )
        try:
            return self.pick(day, brought.article.id, section)
        except NotFound:  # it is older than the finds
            pick = self._pick_of(Story((brought,)), brought.article.id)
            self.apply(day, operations.add(section, pick), f"picked “{pick.headline}”")
            return pick

    def stand(self, day: date, article: int) -> Pick:
        """Let another article stand for its story, in the story's place. Raises NotFound."""
        story = self._story(day, article)
        picks = self._picks_of(day, story)
        if not picks:
            return self.pick(day, article, story.representative.judgement.section)
        pick = self._pick_of(story, article)
        edit = operations.rewrite(picks[0].url, lambda _: pick)
        self.apply(day, edit, f"let {pick.outlet} stand for “{picks[0].headline}”")
        return pick

    def put_back(self, day: date, article: int) -> None:
        """Put a story back among the finds, from the edition or from what was passed over."""
        self._aside(day, article, "put back", rejects=False)

    def reject(self, day: date, article: int) -> None:
        """Pass a story over; one that is in the edition is taken out."""
        self._aside(day, article, "passed over", rejects=True)

    # The edition

    def say(
        self, day: date, url: str, said: Mapping[str, str], was: Mapping[str, str]
    ) -> None:
        """Change what a story line says, field by field (headline, note, quote, gift, outlet).

        `was` is what the editor saw. Raises Conflict if one of the fields that are changed reads
        otherwise by now, and EditionError if it cannot be written so.
        """
        fields = [name for name in said if said[name] != was.get(name, "")]
        if fields:
            own = self._filling.machine_pick(day, url)
            edit = operations.rewrite(url, lambda pick: _merged(pick, said, was, own))
            self.apply(day, edit, f"changed {', '.join(fields)}", target=url)

    def head(self, day: date, said: Mapping[str, str], was: Mapping[str, str]) -> None:
        """Change subject and preview line (preheader) as `say` changes a story line."""
        what = "changed the subject or the preview line"
        own = self._filling.machine_edition(day)
        self.apply(
            day, lambda edition: _merged(edition, said, was, own), what, target="head"
        )

    def move(self, day: date, url: str, section: str, place: int) -> None:
        """Put a story at a place (from 0) of a section. Raises NotFound."""
        self.apply(day, operations.move(url, section, place), "moved a story")

    def shift(self, day: date, url: str, section: str, by: int) -> None:
        """Put a story that many places further down in its section. Raises NotFound."""
        self.apply(day, operations.shift(url, section, by), "moved a story")

    def drop(self, day: date, url: str) -> None:
        """Take a story out of the edition. Raises NotFound."""
        self.apply(day, operations.drop(url), "took a story out")

    def write(
        self, day: date, number: int, lead: Lead | None, was: Lead | None
    ) -> None:
        """Store a lead, or take it out (None); `was` is what the editor saw, None for a new one."""

        def edited(edition: Edition) -> Edition:
            if number < len(edition.leads):
                now = edition.leads[number]
            else:
                now = None
            _unchanged(
                "the lead", _as_text(now), _as_text(was), _as_text(lead), _fields(now)
            )
            return operations.set_lead(number, lead)(edition)

        if lead:
            what = f"wrote “{lead.headline}”"
        else:
            what = "took a lead out"
        self.apply(day, edited, what, target=f"lead {number}" if lead else "")

    def apply(self, day: date, edit: "Edit", what: str, **more: Any) -> Edition:
        """Make one change on the edition as it is now; whatever else was changed stays.

        `more` is what else the change does or is known by: see `Change` in the store.
        """
        from digest.store.editions import Change

        made = Change(what, self._who, **more)
        for _ in range(TRIES):
            source = self._source(day)
            before = load(source)
            edited = edit(before)
            if edited != before:
                text = dump(edited)
            else:
                text = source
            if self._store.editions.save(day, text, self._clock(), made, source):
                return edited
        raise Conflict("the edition", "", "")

    def undo(self, day: date) -> str:
        """Take the last change by a person back; say what it was, "" if there is none.

        What the machine filled in since stays.
        """
        what = self._store.editions.undo(day, self._clock())
        self._filling.fill_again(day)
        return what

    # Inside

    def _aside(self, day: date, article: int, what: str, *, rejects: bool) -> None:
        story = self._story(day, article)
        out = _all(operations.drop(p.url) for p in self._picks_of(day, story))
        headline = story.representative.article.title
        self.apply(
            day, out, f"{what} “{headline}”", article=_id(story), rejects=rejects
        )

    def _stories(self, day: date) -> list[Story]:
        covered = self._filling.covered(day)
        return self._press.stories(covered.start, day, covered)

    def _found(self, day: date, stories: Sequence[Story]) -> list[Find]:
        picked = self._picked(day)
        rejected = self._store.editions.rejected(day)
        earlier = self._store.articles.earlier_headlines(map(_id, stories))
        now = self._clock()
        is_new = self._what_is_new(day)

        def find(s: Story) -> Find:
            if picked:
                stands = next((n for n in _ids(s) if n in picked), 0)
            else:
                stands = 0
            ran_as = tuple(earlier.get(_id(s), ()))
            passed_over = _id(s) in rejected
            new = not passed_over and is_new(s, stands)
            return Find(
                s, picked.get(stands, ""), passed_over, now, ran_as, stands, new
            )

        return [find(s) for s in stories]

    def _what_is_new(self, day: date) -> Callable[[Story, int], bool]:
        """Return what says of a story, and the article (id) that stands for it, if it is new."""
        news = self.news(day)
        named = self._named(day)
        if news:
            came = {named[url] for url in news.came if url in named}
        else:
            came = set()

        def is_new(story: Story, stands: int) -> bool:
            if stands:
                return stands in came
            seen = (j.article.first_seen for j in story.articles)
            return news is not None and all(
                at is not None and at > news.since for at in seen
            )

        return is_new

    def _story(self, day: date, article: int) -> Story:
        holds = (
            s
            for s in self._stories(day)
            if article in (j.article.id for j in s.articles)
        )
        story = next(holds, None)
        if story is None:
            raise NotFound(f"article {article} is not among the finds of {day}")
        return story

    def _pick_of(self, story: Story, article: int) -> Pick:
        """Make a pick of a story as one of its articles tells it."""
        from digest.collect import untracked

        chosen = next(j for j in story.articles if j.article.id == article)
        others = tuple(j for j in story.articles if j is not chosen)
        return pick_of(
            replace(story, articles=(chosen, *others)), self._settings, untracked
        )

    def _picks_of(self, day: date, story: Story) -> list[Pick]:
        ids = {j.article.id for j in story.articles}
        named = self._named(day)
        picks = (p for s in self.edition(day).sections for p in s.picks)
        return [p for p in picks if named.get(p.url) in ids]

    def _picked(self, day: date) -> dict[int, str]:
        """Return in which section the articles (ids) are that the edition carries."""
        named = self._named(day)
        picks = ((s.key, p) for s in self.edition(day).sections for p in s.picks)
        return {named[p.url]: section for section, p in picks if p.url in named}

    def _named(self, day: date) -> dict[str, int]:
        """Return the ids of the articles that the edition carries, by address."""
        from digest.collect import key

        keys = {p.url: key(p.url) for s in self.edition(day).sections for p in s.picks}
        ids = self._store.articles.named(keys.values())
        return {url: ids[k] for url, k in keys.items() if k in ids}

    def _source(self, day: date) -> str:
        source = self._store.editions.source(day)
        if source is None:
            raise NotFound(f"there is no edition of {day}")
        return source


def _id(story: Story) -> int:
    return story.representative.article.id


def _ids(story: Story) -> Iterable[int]:
    return (j.article.id for j in story.articles)


def _has_section(story: Story) -> bool:
    return bool(story.representative.judgement.section)


def _all(steps: Iterable["Edit"]) -> "Edit":
    edits = list(steps)  # a change may be tried again

    def edit(edition: Edition) -> Edition:
        for one in edits:
            edition = one(edition)
        return edition

    return edit


def _merged(
    shown: T, said: Mapping[str, str], was: Mapping[str, str], own: T | None
) -> T:
    """Change the fields in which what is said is not what was there when the editor looked.

    What the machine changed meanwhile, as `own` has it, gives way to what a person says.
    """
    fields = {n: " ".join(v.split()) for n, v in said.items() if v != was.get(n, "")}
    for name, ours in fields.items():
        what = f"the {NAMES.get(name, name)}"
        now = getattr(shown, name)
        if own is not None and now == getattr(own, name):
            continue
        _unchanged(what, now, was.get(name, ""), ours, {name: now})
    return replace(shown, **fields)  # type: ignore[arg-type]


def _unchanged(
    what: str, now: str, was: str, ours: str, fields: Mapping[str, str]
) -> None:
    if now not in (was, ours):
        raise Conflict(what, now, ours, fields)


def _fields(lead: Lead | None) -> dict[str, str]:
    return asdict(lead or Lead(""))


def _as_text(lead: Lead | None) -> str:
    if lead:
        return f"{lead.headline}\n\n{lead.dek}\n\n{lead.body}"
    return ""
