"""Stories: what the press brought, each with the sentence that names the organisation."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from digest.model import IN_THE_NEWS
from digest.web.current import app
from digest.web.desk.doubts import Doubts, list_doubts
from digest.web.desk.i18n import _
from digest.web.desk.page_request import (
    is_script_request,
    member_editing,
    read_number,
    redirect_to_origin,
)
from digest.web.desk.story_filter import (
    StoryFilter,
    ages_within,
    read_more,
    used_fields,
)
from digest.web.desk.story_texts import (
    describe_age,
    describe_marks,
    highlight_name,
)
from digest.web.desk.visits import news_context

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.services.editing import Candidate
    from digest.settings import SectionRule

STORIES_PER_SECTION = 40  #: on a page, at first

blueprint = Blueprint("stories", __name__)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with the stories that belong to it."""

    rule: "SectionRule"
    key: int  #: the key of the keyboard that puts a story there
    finds: "list[Candidate]"


@blueprint.get("/<day:day>/finds")
def list_stories(day: date) -> str:
    """Show an edition's stories by section, as far as they pass the filter."""
    editing = member_editing()
    finds = editing.list_candidates(day)
    near_misses = editing.list_near_misses(day)
    # what a person picked in spite of the doubt stands in its section, and can be put back
    finds += [find for find in near_misses if find.picked or find.rejected]
    story_filter = StoryFilter.from_fields(request.args, app.clock())
    shown_finds = list(filter(story_filter.accepts, finds))
    return render_template(
        "finds.html",
        day=day,
        here="finds",
        sections=_sort_into_sections(shown_finds),
        left_out=[find for find in shown_finds if _is_left_out(find)],
        may_be_us=_list_doubtful(shown_finds),
        asked_in_sections=list(filter(_asks_in_section, shown_finds)),
        near_misses=[
            find
            for find in filter(story_filter.accepts, near_misses)
            if not (find.picked or find.rejected)
        ],
        shown=STORIES_PER_SECTION + read_more(request.args),
        outlets=sorted({find.article.outlet for find in finds}),
        topics=[topic.name for topic in app.settings.topics],
        days=ages_within(app.settings.newsletter.window_days),
        new_finds=sum(find.is_new for find in finds),
        **news_context(day),
        **_story_context(),
    )


@blueprint.post("/<day:day>/finds")
def decide_on_story(day: date) -> "ResponseReturnValue":
    """Pick a story for a section, pass it over, put it back, or choose its representative."""
    article = read_number("article")
    _apply_decision(day, article, request.form.get("do", ""))
    if is_script_request():
        find = member_editing().find_candidate(day, article)
        return render_template(
            "find.html", find=find, day=day, **_story_context()
        )
    return redirect(f"{_url_of_list(day)}#f{_find_next(article)}", 303)


@blueprint.post("/<day:day>/undo")
def undo_change(day: date) -> "ResponseReturnValue":
    """Take back the last change that a person made to the edition."""
    editing = member_editing()
    article = editing.find_last_changed_article(day)
    change = editing.undo_last_change(day)
    if change and article:
        app.articles.take_back_answers(article)
    if change:
        message = _("Undone: %(what)s", what=change)
    else:
        message = _("There is nothing to undo.")
    anchor = ""
    if article:
        anchor = f"f{article}"
    return redirect_to_origin(day, message, anchor)


def _url_of_list(day: date) -> str:
    """Return the address of the list that a story's form came from, with its filter."""
    filters = used_fields(request.form)
    return url_for("stories.list_stories", day=day, **filters)  # type: ignore[arg-type]


def _find_next(article: int) -> int:
    """Return the article (id) where a person goes on without the script.

    That is the next one where the answered one leaves its place: passed over, or no longer in doubt.
    """
    leaves = request.form.get("do") == "reject" or "asked" in request.form
    following = request.form.get("next", "")
    if leaves and following.isdecimal():
        return int(following)
    return article


def _apply_decision(day: date, article: int, decision: str) -> None:
    """Apply a button of a story; a value that is no button is the key of a section."""
    editing = member_editing()
    match decision:
        case "reject":
            if "asked" in request.form:
                _answer_doubts(day, article, is_us=False)
            editing.reject_story(day, article)
        case "not_us":
            _answer_doubts(day, article, is_us=False)
        case "back":
            app.articles.take_back_answers(article)
            editing.restore_story(day, article)
        case "stand":
            editing.change_representative(day, article)
        case section:
            if section == _find_home_of_mentions().key:
                _answer_doubts(day, article, is_us=True)
            editing.pick_story(day, article, section)


def _answer_doubts(day: date, article: int, *, is_us: bool) -> None:
    """Keep what a person says of an article's doubts, for the next one like it."""
    story = member_editing().find_candidate(day, article).story
    for judged in story.articles:
        if judged.article.id == article:
            app.articles.save_answers(article, judged.reading, is_us=is_us)


def _sort_into_sections(finds: "Iterable[Candidate]") -> list[ShownSection]:
    finds_by_section: defaultdict[str, list[Candidate]] = defaultdict(list)
    for find in finds:
        section_key = find.picked or find.judged.judgement.section
        finds_by_section[section_key].append(find)
    return [
        ShownSection(rule, number, finds_by_section[rule.key])
        for number, rule in enumerate(app.settings.sections, 1)
    ]


def _is_left_out(find: "Candidate") -> bool:
    """Return True if a story names the organisation, and is in no section."""
    return find.judged.is_left_out and not find.picked


def _may_be_us(find: "Candidate") -> bool:
    """Return True if a person is to say whether a story names the organisation, or said no.

    What is on a topic stands in its section, and is asked about there.
    """
    if find.picked or find.judged.judgement.section:
        return False
    return find.judged.may_name_us or find.rejected


def _asks_in_section(find: "Candidate") -> bool:
    """Return True if a person is asked about a story where it stands, in the section of its topic."""
    is_open = not (find.picked or find.rejected)
    return (
        is_open
        and find.judged.may_name_us
        and bool(find.judged.judgement.section)
    )


def _list_doubtful(finds: "Iterable[Candidate]") -> "list[Candidate]":
    """Return the stories that a person is to decide, the newest first, undated ones last."""
    doubtful = [find for find in finds if _may_be_us(find)]
    return sorted(doubtful, key=_time_of, reverse=True)


def _time_of(find: "Candidate") -> datetime:
    return find.article.published or datetime.min.replace(tzinfo=UTC)


def _doubts_of(find: "Candidate") -> Doubts:
    """Return the doubts about a story that no mention settles."""
    return list_doubts(find.judged.reading.doubtful_mentions)


def _find_home_of_mentions() -> "SectionRule":
    """Return the section that takes what names the organisation, else the first."""
    sections = app.settings.sections
    for section in sections:
        if section.key == IN_THE_NEWS:
            return section
    return sections[0]


def _key_of_section(key: str) -> int:
    """Return the key of the keyboard that puts a story into a section, by the section's own key."""
    keys = [section.key for section in app.settings.sections]
    return keys.index(key) + 1


def _story_context() -> dict[str, object]:
    """Return what the template of one story needs."""
    paywalled = {
        outlet.name
        for outlet in app.settings.outlets
        if outlet.paywall != "none"
    }
    fields = request.args
    if is_script_request():
        fields = request.form

    def marks(find: "Candidate") -> Iterator[str]:
        return describe_marks(find, paywalled)

    def age(published: datetime | None) -> str:
        return describe_age(published, app.clock())

    home = _find_home_of_mentions()
    return {
        "doubts_of": _doubts_of,
        "home_of_mentions": home.key,
        "home_title": home.title,
        "key_of": _key_of_section,
        "proof": highlight_name,
        "marks": marks,
        "age": age,
        "rules": app.settings.sections,
        "org": app.settings.organisation.name,
        "asked": fields,
        "filters": list(used_fields(fields)),
    }
