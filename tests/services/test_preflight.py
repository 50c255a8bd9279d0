"""What is said of an edition before it leaves, and what `--fix` mends."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.app import App
from digest.cli import cli
from digest.collect import article_key, strip_trackers
from digest.delivery import EncodedEmail
from digest.model import (
    Finding,
    LinkCheck,
    Picture,
    Recipient,
    RenderedEdition,
    Severity,
)
from digest.preflight import CheckContext, check_edition
from digest.settings import load_workspace
from tests.conftest import EDITION, NOW, workspace
from tests.fakes.web import Answer, FakeWeb

DAY = NOW.date()
GOOD = EDITION.replace(
    "Paragraphs.\n", "Paragraphs with [the files](https://example.org/e).\n"
)


@pytest.fixture
def found(open_app: Callable[..., App]) -> Callable[..., list[Finding]]:
    """Check an edition's text without fetching anything; keyword arguments change what is known."""
    env = {
        "DIGEST_NEWSLETTER__SENDER__ADDRESS": "letter@openwater.org",
        "DIGEST_NEWSLETTER__REPLY_TO": "hello@openwater.org",
        "DIGEST_NEWSLETTER__PUBLIC_URL": "https://letter.openwater.org",
        "DIGEST_OUTLETS": json.dumps(
            [
                {
                    "name": n,
                    "homepage": f"https://{n}.example",
                    "feeds": [f"https://{n}.example/f"],
                }
                for n in ("Politico", "NPR")
            ]
        ),
    }

    def run(
        text: str,
        settings_env: dict[str, str] | None = None,
        built=None,
        **known,
    ) -> list[Finding]:
        app = open_app(env | (settings_env or {}))
        app.editions.save_source(text)
        made: RenderedEdition = (built or (lambda b: b))(
            app.editions.render_stored(DAY)
        )
        message = EncodedEmail(made.letter, NOW).bytes_for(
            Recipient(0, "reader@example.org", "x")
        )
        usual = {
            "ran": {},
            "links": (),
            "message": message,
            "spam": lambda _: None,
        }
        return check_edition(
            made,
            app.settings,
            CheckContext(key=article_key, tidy=strip_trackers, **usual | known),
        )

    return run


def said(findings: list[Finding]) -> str:
    return "\n".join(f"{f.severity} {f.where}: {f.what}" for f in findings)


def test_a_good_edition_gives_no_findings(
    found: Callable[..., list[Finding]],
) -> None:
    assert said(found(GOOD)) == ""


def test_own_words_that_stay_english_are_named(
    found: Callable[..., list[Finding]],
) -> None:
    findings = found(
        GOOD.replace("subject:", "language: fi\nsubject:", 1),
        missing_words=["Unsubscribe", "Also in", "opinion", "Why:"],
    )
    (finding,) = [one for one in findings if one.where == "locale/fi.po"]
    assert "“Unsubscribe”, “Also in”, “opinion” and 1 more" in finding.what


SUBJECT, PREVIEW = (
    "What the records show",
    "Emails, training files and a demand letter",
)
STORY = "- [Headline as it runs](https://example.org/c) (Politico)"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            f"subject: {SUBJECT}",
            'subject: ""',
            "must line 3: the subject is empty",
        ),
        (SUBJECT, SUBJECT * 4, "should line 3: the subject has 84 characters"),
        (
            SUBJECT,
            SUBJECT.upper(),
            "should line 3: the subject is all in capitals",
        ),
        (
            SUBJECT,
            "Read! This! Now!",
            "should line 3: the subject has several exclamation marks",
        ),
        (
            SUBJECT,
            "'Re: our letter'",
            "must line 3: the subject begins with Re:",
        ),
        (
            f"preheader: {PREVIEW}",
            'preheader: ""',
            "should line 4: there is no preview line",
        ),
        (
            PREVIEW,
            SUBJECT,
            "should line 4: the preview line repeats the subject",
        ),
        (PREVIEW, "Short", "may line 4: the preview line has 5 characters"),
        (
            "Its dek",
            "Its dek TK",
            "must line 9: “TK” is a placeholder",
        ),
        (
            "Its dek",
            "Lorem ipsum dolor",
            "must line 9: “Lorem ipsum” is a placeholder",
        ),
        (
            "Its dek",
            "Dear *|FNAME|*",
            "must line 9: “*|FNAME|*” is a merge tag of another mail program",
        ),
        (
            "Its dek",
            "Dear {{ name }}",
            "must line 9: “{{ name }}” is a merge tag of another mail program",
        ),
        (
            "Its dek",
            "Maren Oduja’s dek",
            "should line 9: “Maren Oduja” is nearly “Maren Oduya”",
        ),
        (
            "Its dek",
            "Opan Water’s dek",
            "should line 9: “Opan Water” is nearly “Open Water”",
        ),
        (
            "[the files](https://example.org/e)",
            "the files",
            "may line 15: a lead without a link",
        ),
        (
            "Paragraphs with [the files](https://example.org/e).\n",
            "",
            "should line 15: a lead without a text",
        ),
        (STORY, "", "should line 19: no stories under “{org} in the news”"),
        (
            STORY,
            f"{STORY}\n{STORY}",
            "must line 21: “Headline as it runs” is in the edition twice",
        ),
        (
            "org/c)",
            "org/c?utm_source=x)",
            "may line 21: the address carries tracking parameters",
        ),
        (
            "https://example.org/c",
            "https://10.0.0.4/c",
            "must line 21: 10.0.0.4 is no public address",
        ),
        (
            "https://example.org/c",
            "http://example.org/c",
            "should the mail: http://example.org/c is not https",
        ),
        (
            "(Politico)",
            "(Politica)",
            "may line 21: Politica is no outlet of feeds.yaml",
        ),
        (
            "(Politico)\n",
            f"(Politico)\n  {'A long note. ' * 20}\n",
            "may line 21: a note of 259",
        ),
        (
            "Paragraphs with",
            "![A tap](https://example.org/t.png)\n\nParagraphs with",
            "should line 17: the image https://example.org/t.png lies on another server",
        ),
        (
            "[the files]",
            "[here]",
            "should the mail: a link reads “here” (https://example.org/e)",
        ),
    ],
)
def test_what_is_wrong_with_an_edition_is_said_with_its_line(
    found: Callable[..., list[Finding]], before: str, after: str, expected: str
) -> None:
    assert before in GOOD
    findings = found(GOOD.replace(before, after, 1))
    assert expected in said(findings)
    assert all(f.why and f.how for f in findings)


def test_addresses_with_common_beginnings_have_their_own_lines(
    found: Callable[..., list[Finding]],
) -> None:
    longer = STORY.replace("/c)", "/c?utm_source=x)").replace(
        "Headline as", "Another as"
    )
    text = GOOD.replace(STORY, f"{longer}\n{STORY}")
    findings = found(text, ran={"example.org/c": DAY.replace(day=13)})
    assert {f.where for f in findings if "ran in" in f.what} == {
        "line 21",
        "line 22",
    }


def test_an_ordinary_word_in_brackets_or_capitals_is_no_placeholder(
    found: Callable[..., list[Finding]],
) -> None:
    text = GOOD.replace(
        "Its dek",
        "Its dek, as Tk Morrow of the TBDC wrote \\[sic\\] in xxi lines",
    )
    assert said(found(text)) == ""


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        (
            {"DIGEST_NEWSLETTER__SENDER__ADDRESS": "a@example.org"},
            "newsletter.sender.address: a@example.org is an example",
        ),
        (
            {"DIGEST_NEWSLETTER__PUBLIC_URL": "http://letter.openwater.org"},
            "http://letter.openwater.org is not https",
        ),
        (
            {"DIGEST_NEWSLETTER__PUBLIC_URL": "https://localhost"},
            "localhost is an example",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_named(
    found: Callable[..., list[Finding]], env: dict[str, str], expected: str
) -> None:
    findings = found(GOOD, env)
    assert expected in said(findings)
    assert findings[0].severity == Severity.MUST


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda b: replace(b, html=b.html.replace("@@digest-token@@", "x")),
            "the HTML part: the unsubscribe link is missing",
        ),
        (
            lambda b: replace(b, text=b.text.replace("12 Bicycle Lane", "")),
            "the text part: the postal address is missing",
        ),
        (
            lambda b: replace(
                b, text=b.text.replace("https://example.org/c", "")
            ),
            "the text part: the link “Headline as it runs” is missing",
        ),
        (
            lambda b: replace(b, html=b.html + '<img src="x.png">'),
            "the image x.png has no alternative text",
        ),
        (
            lambda b: replace(
                b, html=b.html + '<p style="color:#999">pale words</p>'
            ),
            "must the mail: “pale words” has 2.8:1 contrast (#999999 on #ffffff)",
        ),
        (
            lambda b: replace(
                b,
                html=b.html
                + '<td bgcolor="#0B5394"><a style="color:black">dark</a></td>',
            ),
            "must the mail: “dark” has 2.7:1 contrast (#000000 on #0b5394)",
        ),
        (
            lambda b: replace(
                b, html=b.html + '<a href="https://example.org/c"></a>'
            ),
            "a link without words",
        ),
        (
            lambda b: replace(b, html=b.html + "x" * 100_000),
            "KB of HTML",
        ),
    ],
    ids=[
        "no way out",
        "no address",
        "text",
        "alt",
        "pale",
        "dark",
        "words",
        "size",
    ],
)
def test_a_template_that_lost_something_is_caught(
    found: Callable[..., list[Finding]],
    change: Callable[[RenderedEdition], RenderedEdition],
    expected: str,
) -> None:
    assert expected in said(found(GOOD, built=change))


@pytest.mark.parametrize(("count", "is_cut"), [(160, False), (900, True)])
def test_the_size_is_that_of_the_mail_as_it_leaves(
    found: Callable[..., list[Finding]], count: int, is_cut: bool
) -> None:
    """No link is rewritten: what is measured is what Gmail sees."""
    stories = "\n".join(
        f"- [Story {n}](https://example.org/{n}) (NPR)" for n in range(count)
    )
    findings = found(
        GOOD.replace(
            "- [Another headline](https://example.org/d) (NPR)", stories
        )
    )
    assert ("KB of HTML" in said(findings)) == is_cut


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (
            LinkCheck(
                "https://example.org/c", error="answered 404", reason="http 404"
            ),
            "must line 21: https://example.org/c is gone",
        ),
        (
            LinkCheck(
                "https://example.org/c", error="no answer", reason="timeout"
            ),
            "should line 21: https://example.org/c could not be reached",
        ),
        (
            LinkCheck(
                "https://example.org/c", error="subscription", reason="paywall"
            ),
            "may line 21: https://example.org/c asks for a subscription",
        ),
        (
            LinkCheck(
                "https://example.org/c", moved_to="https://example.org/z"
            ),
            "may line 21: https://example.org/c has moved to https://example.org/z",
        ),
        (
            LinkCheck("https://example.org/c", headline="Quite another thing"),
            "may line 21: the outlet's headline is now “Quite another thing”",
        ),
        (
            LinkCheck(
                "https://example.org/c",
                headline="Retracted: Headline as it runs",
            ),
            "must line 21: the page is headed",
        ),
        (
            LinkCheck(
                "https://example.org/c",
                headline="Headline as it runs | Politico",
            ),
            "",
        ),
        (
            LinkCheck("https://example.org/e", paywalled=True),
            "may line 17: https://example.org/e asks",
        ),
    ],
)
def test_what_became_of_a_link_is_said(
    found: Callable[..., list[Finding]], link: LinkCheck, expected: str
) -> None:
    findings = found(GOOD, links=(link,))
    assert expected in said(findings)
    assert bool(findings) == bool(expected)


@pytest.mark.parametrize(
    ("ours", "now", "expected"),
    [
        ("Headline as it runs", "Market correction: what to know", "may"),
        ("Headline as it runs", "Correction: Headline as it runs", "should"),
        ("Headline as it runs", "Rectificatif : le titre", "should"),
        ("Headline as it runs", "[Retracted] Headline as it runs", "must"),
        ("Headline as it runs", "Página no encontrada", "must"),
        ("Headline as it runs", "Zurückgezogen: die Studie", "must"),
        ("Correction: it runs", "Correction: it runs", ""),
        ("Minister retracted his words", "Minister retracted his words", ""),
    ],
)
def test_a_story_that_was_taken_back_is_told_from_words_that_sound_so(
    found: Callable[..., list[Finding]], ours: str, now: str, expected: str
) -> None:
    text = GOOD.replace("Headline as it runs", ours)
    findings = found(
        text, links=(LinkCheck("https://example.org/c", headline=now),)
    )
    assert [str(one.severity) for one in findings] == [expected] * bool(
        expected
    )


UNKNOWN = "unknown host"


def test_a_machine_that_is_offline_calls_nothing_gone(
    found: Callable[..., list[Finding]],
) -> None:
    unknown = [
        LinkCheck(
            f"https://example.org/{name}", error="unknown", reason=UNKNOWN
        )
        for name in "ce"
    ]
    assert said(found(GOOD, links=unknown)) == (
        "should the edition: no host of its links could be looked up"
    )
    with_answer = [*unknown, LinkCheck("https://example.org/d")]
    assert "c is gone: unknown" in said(found(GOOD, links=with_answer))


def test_an_outlet_is_named_once(found: Callable[..., list[Finding]]) -> None:
    stories = "\n".join(
        f"- [Story {n}](https://example.org/s{n}) (The Gazette)"
        for n in range(60)
    )
    assert said(found(GOOD.replace(STORY, stories))) == (
        "may line 21: The Gazette is no outlet of feeds.yaml (60 stories)"
    )


def test_a_linked_picture_has_its_own_words(
    found: Callable[..., list[Finding]],
) -> None:
    picture = "[![A map](https://example.org/m.png)](https://example.org/map)"
    text = GOOD.replace("Paragraphs with", f"{picture}\n\nParagraphs with")
    assert "without words" not in said(found(text))


def test_an_address_in_a_lead_is_one_that_readers_reach(
    found: Callable[..., list[Finding]],
) -> None:
    text = GOOD.replace("https://example.org/e", "http://10.0.0.4/e")
    assert "must line 17: 10.0.0.4 is no public address" in said(found(text))


def test_what_was_stored_before_it_was_refused_is_a_must(
    tmp_path: Path,
) -> None:
    text = GOOD.replace("Paragraphs with", "[Go](/x) and ** with")
    with App(
        load_workspace(workspace(tmp_path, "https://a.example"), {}),
        lambda: NOW,
    ) as app:
        app.store.editions.save_text(DAY, text, NOW)
        musts = said(app.preflight.list_open_musts(DAY))
    assert "must line 17: the link to '/x' leads nowhere" in musts
    assert "must line 17: readers would see **" in musts


def test_counted_links_are_followed_to_their_stories(
    tmp_path: Path, web: FakeWeb
) -> None:
    env = {"DIGEST_NEWSLETTER__COUNT_LINKS": "true"}
    text = GOOD.replace("https://example.org/c", f"{web.url}/gone")
    with App(
        load_workspace(workspace(tmp_path, web.url), env), lambda: NOW
    ) as app:
        app.editions.save_source(text)
        findings = said(app.preflight.list_findings(DAY, spam=False))
    assert f"{web.url}/gone is gone" in findings
    assert "is missing or broken there" not in findings


@pytest.mark.parametrize(
    "said", [" {.paywall}", "\n  [Gift link](https://example.org/gift)"]
)
def test_a_paywall_that_the_story_line_tells_of_is_no_finding(
    found: Callable[..., list[Finding]], said: str
) -> None:
    text = GOOD.replace("(Politico)", f"(Politico){said}")
    assert (
        found(text, links=(LinkCheck("https://example.org/c", paywalled=True),))
        == []
    )


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:#999;font-size:30px">large</p>',  # 2.8:1, large needs 3
        '<p style="color:#949494;font-size:24px">large</p>',
        '<p style="color:#949494;font-size:19px;font-weight:bold">large</p>',
        '<div style="background:#fff url(x.png)"><p style="color:#767676">x</p></div>',
        '<p style="display:none;color:#fff">unseen</p>',
        '<p style="color:currentcolor">as around</p>',
    ],
)
def test_large_text_may_be_paler(
    found: Callable[..., list[Finding]], html: str
) -> None:
    findings = found(GOOD, built=lambda b: replace(b, html=b.html + html))
    assert ("contrast" in said(findings)) == ("#999" in html)


@pytest.mark.parametrize(
    ("html", "is_named"),
    [
        ('<p style="color:#7a1f1f">red on the mail</p>', True),
        ('<p style="color:#000000">black</p>', True),
        ('<div class="ink"><p>of the theme</p></div>', False),
        ('<p style="color:#0b5394">the accent of the theme</p>', False),
        ("<p>without a colour</p>", False),
        ('<td style="background:#fff8e1;color:#1f2328">own paper</td>', False),
        ('<td class="ink" style="background:#fff8e1">own paper</td>', True),
    ],
)
def test_what_cannot_be_read_in_the_dark_is_said(
    found: Callable[..., list[Finding]], html: str, is_named: bool
) -> None:
    findings = found(GOOD, built=lambda b: replace(b, html=b.html + html))
    assert ("should the mail: in dark mode" in said(findings)) == is_named


def test_what_images_weigh_is_said(found: Callable[..., list[Finding]]) -> None:
    heavy = Picture("tap.jpg", "image/jpeg", 1200, 900, b"x" * 400_000)
    text = GOOD.replace(
        "Paragraphs with",
        "![A tap](https://example.org/a/tap.jpg)\n\n![Far](https://example.org/f.png)\n\nParagraphs with",
    )
    findings = found(
        text,
        built=lambda b: replace(b, pictures=(heavy,)),
        links=(LinkCheck("https://example.org/f.png", weight=900_000),),
    )
    assert "should the edition: the image images/tap.jpg weighs 400 KB" in said(
        findings
    )
    assert (
        "should line 19: the image https://example.org/f.png weighs 900 KB"
        in said(findings)
    )
    assert "should the mail: its images weigh 1.3 MB together" in said(findings)


def test_a_story_that_ran_and_points_of_spam_are_said(
    found: Callable[..., list[Finding]],
) -> None:
    findings = found(
        GOOD, ran={"example.org/c": DAY.replace(day=13)}, spam=lambda _: 6.2
    )
    assert (
        "should line 21: “Headline as it runs” ran in the edition of 13 February 2026"
        in said(findings)
    )
    assert "must the mail: SpamAssassin gives it 6.2 points" in said(findings)
    assert [f.severity for f in findings] == ["must", "should"]


# Together


BAD = """\
---
date: 2026-02-27
subject: "RE: WATER WATER WATER!!"
preheader: "RE: WATER WATER WATER!!"
---

# A headline TK

*Opan Water has news.*

Click [here]({0}/gone).

# Empty

## {{org}} in the news {{#in_the_news}}

- [A report]({0}/moved?utm_source=x) (Courier)
- [A report]({0}/moved) (Courier)
- [Pipes]({0}/changed) (Courier)

## Other {{#following}}
"""


@pytest.fixture
def bad(tmp_path: Path, web: FakeWeb) -> Path:
    page = "<html><head><title>{0}</title></head><body><article><h1>{0}</h1></article></body></html>"
    web.answers["/moved"] = Answer(status=301, headers={"Location": "/new"})
    web.answers["/new"] = Answer(page.format("A report").encode())
    web.answers["/changed"] = Answer(
        page.format("Retracted: an earlier story").encode()
    )
    with App(
        load_workspace(workspace(tmp_path, web.url), {}), lambda: NOW
    ) as app:
        app.editions.save_source(BAD.format(web.url))
    return tmp_path


def run(folder: Path, *args: str):
    return CliRunner().invoke(
        cli, ["-C", str(folder), "check", *args], catch_exceptions=False
    )


def test_a_bad_edition_is_refused_with_everything_that_is_wrong(
    bad: Path, web: FakeWeb
) -> None:
    result = run(bad)
    assert result.exit_code == 1
    assert "findings must be fixed" in result.output
    assert f"{web.url}/gone is gone: the server answered 404" in result.output
    assert f"has moved to {web.url}/new" in result.output
    findings = json.loads(run(bad, "--json").stdout)
    assert len({f["what"] for f in findings}) >= 15
    assert [f["severity"] for f in findings] == sorted(
        (f["severity"] for f in findings), key=["must", "should", "may"].index
    )


def test_the_editions_own_page_is_not_asked_for_before_it_is_out(
    bad: Path, web: FakeWeb
) -> None:
    with App(load_workspace(bad, {}), lambda: NOW) as app:
        asked = {
            link.url
            for link in app.preflight.fetch_links(
                app.editions.render_stored(DAY)
            )
        }
    assert asked == {
        f"{web.url}/{p}"
        for p in ("gone", "moved", "moved?utm_source=x", "changed")
    }


def test_no_links_asks_nobody(bad: Path, web: FakeWeb) -> None:
    web.asked.clear()
    run(bad, "--no-links")
    assert web.asked == []


def test_fix_without_links_asks_nobody_either(bad: Path, web: FakeWeb) -> None:
    web.asked.clear()
    run(bad, "--fix", "--no-links")
    assert web.asked == []
    with App(load_workspace(bad, {}), lambda: NOW) as app:
        assert app.editions.read_source(DAY).count("A report") == 1


def test_fix_marks_what_asks_for_a_subscription(
    tmp_path: Path, web: FakeWeb
) -> None:
    web.answers["/closed"] = Answer(
        b'<html><script type="application/ld+json">{"@type": "NewsArticle", "headline": "Pipes",'
        b' "isAccessibleForFree": false}</script><article><h1>Pipes</h1></article></html>'
    )
    text = GOOD.replace("https://example.org/c", f"{web.url}/closed")
    with App(
        load_workspace(workspace(tmp_path, web.url), {}), lambda: NOW
    ) as app:
        app.editions.save_source(text)
    assert f"{web.url}/closed asks for a subscription" in run(tmp_path).output
    run(tmp_path, "--fix")
    with App(load_workspace(tmp_path, {}), lambda: NOW) as app:
        assert "/closed) (Politico) {.paywall}\n" in app.editions.read_source(
            DAY
        )
    assert "asks for a subscription" not in run(tmp_path).output


def test_images_on_other_servers_are_weighed(
    tmp_path: Path, web: FakeWeb
) -> None:
    web.answers["/far.png"] = Answer(b"x" * 300_000)
    far = "https://far.example"
    with App(
        load_workspace(workspace(tmp_path, web.url), {}), lambda: NOW
    ) as app:
        app.editions.save_source(
            GOOD.replace(
                "Paragraphs with", f"![Far]({far}/far.png)\n\nParagraphs with"
            )
        )
        built = app.editions.render_stored(DAY)
        here = {
            n: getattr(built, n).replace(far, web.url)
            for n in ("html", "markdown")
        }
        (found,) = [
            x
            for x in app.preflight.fetch_links(replace(built, **here))
            if "far.png" in x.url
        ]
    assert found == LinkCheck(f"{web.url}/far.png", weight=300_000)


def test_fix_mends_trackers_moves_and_doubles_and_nothing_else(
    bad: Path, web: FakeWeb
) -> None:
    run(bad, "--fix")
    with App(load_workspace(bad, {}), lambda: NOW) as app:
        text = app.editions.read_source(DAY)
    assert (
        f"- [A report]({web.url}/new) (Courier)\n- [Pipes]({web.url}/changed) (Courier)\n"
        in text
    )
    assert text.count("A report") == 1
    assert "Opan Water has news" in text


def test_an_edition_that_may_be_empty_is_not_told_to_hold_something(
    found: Callable[..., list[Finding]],
) -> None:
    empty = "---\ndate: 2026-02-27\nsubject: Nothing today\n---\n\n## News {#in_the_news}\n"
    refused = [one.what for one in found(empty) if one.severity == "must"]
    assert "it holds nothing" in refused
    sent = found(empty, {"DIGEST_NEWSLETTER__EMPTY": "send"})
    assert "it has nothing to report" in [one.what for one in sent]
    assert [one.what for one in sent if one.severity == "must"] == []


@pytest.mark.parametrize(
    ("outlet", "told"),
    [
        ("Radio Six, minute 12", []),
        ("Politico, page 3", []),
        ("Politica, page 3", ["Politica is no outlet of feeds.yaml"]),
    ],
)
def test_page_and_minute_are_no_part_of_a_name(
    found: Callable[..., list[Finding]], outlet: str, told: list[str]
) -> None:
    """A station need not be in feeds.yaml: only what looks like a slip of the pen is told."""
    text = GOOD.replace("https://example.org/c", "unlinked:a7d14b545a0e1255")
    findings = found(text.replace("(Politico)", f"({outlet})"))
    assert [each.what for each in findings if "no outlet" in each.what] == told


def test_a_template_that_nothing_uses_is_named(
    found: Callable[..., list[Finding]],
) -> None:
    findings = found(
        GOOD, unused_templates=["templates/stroy.mjml: it is used nowhere"]
    )
    assert said(findings) == "should templates/stroy.mjml: it is used nowhere"
