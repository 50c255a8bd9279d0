"""The week of the first user's real edition, as its articles might have read.

The ten headlines are read from ../shared; every text is ours. The organisation is named in bodies
only. Around them stand three hundred other articles: the invented press, and news on the same
topics that is weaker: touched on in passing, from lesser outlets, or of last week.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from digest.demo.invented_press import load_press
from digest.model import Article
from tests.cases import events, wire
from tests.conftest import SHARED

FRIDAY = datetime(2026, 2, 27, 15, tzinfo=UTC)
OTHERS = 300

#: By the first words of each headline.
TEXTS = {
    "ICE officials knew": "Senior officials at Immigration and Customs Enforcement were told last March that "
    "officers were using force almost four times as often as a year before, internal emails show. The "
    "emails were obtained by American Oversight, a nonprofit watchdog, through a public records request.\n\n"
    "“ICE knows its practices are deeply problematic — and is deliberately hiding the ball to avoid public "
    "scrutiny,” Chioma Chukwu, the group’s executive director, said. The agency did not answer questions. "
    "Two people were shot by officers in Minneapolis in January.",
    "Six deaths in six weeks": "Six people have died in immigration detention in Texas since the new year, more "
    "than in all of the year before. Four of them were held at one camp outside El Paso.\n\nRecords that "
    "American Oversight obtained in a lawsuit show that inspectors had warned of too few nurses there in "
    "October. A spokesperson for the Department of Homeland Security said that care was adequate. County "
    "medical examiners have ruled one of the deaths a homicide.",
    "Report: ICE officials": "The signs were there in the spring, and those who saw them wrote them down. Emails "
    "among ICE supervisors, released this week by American Oversight, describe a rise in the use of force "
    "that nobody was asked to stop.\n\nOne official suggested that the numbers be looked at again after "
    "the summer. By then the surge into American cities had begun. The documents were first reported by "
    "Politico.",
    "‘Enough is enough’": "Lawyers for President Trump told Judge Aileen Cannon on Tuesday that nobody but them "
    "had asked for the destruction of the special counsel’s report, and then asked for it again.\n\nThe "
    "filing warns the judge of an appeal by American Oversight, which wants the volume on classified "
    "documents at Mar-a-Lago released, and which was not allowed to join the case. “Enough is enough,” the "
    "lawyers wrote. The Justice Department took no position.",
    "‘My dream job": "Ashley Moreno had wanted to work for the National Weather Service since she was nine. On "
    "Wednesday she told lawmakers how it ended: an email, an hour to pack, a guard.\n\nShe was one of seven "
    "former federal employees and scholars who testified on how to rebuild the civil service. Liz "
    "Hempowicz, deputy executive director of American Oversight, told the panel that inspectors general "
    "should be harder to dismiss. No Republican attended.",
    "The Justice Department is not": "Defense lawyers in eleven cities say that prosecutors from the Justice "
    "Department no longer return calls, miss deadlines and bring cases that grand juries refuse. “It is not "
    "acting like it used to,” said one who has practised for thirty years.\n\nJudges have begun to say so "
    "too. In three districts they have asked DOJ lawyers to explain under oath who decided to bring a case.",
    "Trump pushes voter ID": "President Trump said on Monday that every American would have to show identification "
    "to vote in the midterms, by order if there is no law. Election officials in both parties said that he has "
    "no such power.\n\nA bill on voter ID has passed the House and is stuck in the Senate. Voting rights "
    "groups said that they would sue within the hour of any order.",
    "‘No expense has been spared’": "The jet that the Department of Homeland Security wants to buy has a bedroom, a "
    "bar and seats of calfskin. It would carry officials, and now and then people being deported.\n\nThe "
    "luxury jet costs $70 million, according to contract papers. DHS said that it would save money on "
    "deportation flights. Two former officials laughed when told of the bar.",
    "Noem boasts": "Homeland Security Secretary Kristi Noem told supporters in Arizona that the administration was "
    "making sure “we have the right people voting, electing the right leaders” in the midterms.\n\nNoem has "
    "asked states for their voter rolls. Democrats said that she had said the quiet part aloud. Her office "
    "said that she meant citizens.",
    "Noem’s use of Coast Guard": "Kristi Noem’s use of Coast Guard planes for her travel has strained relations with "
    "the service’s admirals, six people familiar with the matter said. Crews trained for rescue were moved to "
    "deportation flights.\n\nA search for a missing sailor was cut short last year when a plane was called "
    "back, two of them said. Homeland Security denied it.",
}
#: News on the same topics, and why an editor would not lead with it.
NEAR = [
    (
        "County clerk retires after counting her last ballots",
        "Her successor will learn about voter rolls from her notes.",
    ),
    (
        "Storm shuts airports from Boston to Baltimore",
        "Homeland Security staff at the gates worked double shifts.",
    ),
    (
        "A bakery that hires people fresh from prison",
        "One of them had been through immigration detention.",
    ),
    (
        "Basketball coach out after losing season",
        "His contract holds no word on conflict of interest, said the school.",
    ),
    (
        "Museum shows maps that the army kept secret",
        "Some came from the National Archives, others from attics.",
    ),
    (
        "Town hall meeting on trash runs past midnight",
        "A man asked for public records of every bin since 2011.",
    ),
    (
        "Five recipes for the last of the winter squash",
        "The cook learned them from federal workers on furlough.",
    ),
    (
        "Senator’s memoir sells out in a day",
        "It has a chapter on pardons and one on fishing.",
    ),
    ("Why your flight was late", "A deportation charter had the gate."),
    (
        "Library opens at last, two years late",
        "Its law shelf has everything on the Freedom of Information Act.",
    ),
]


def headlines() -> list[tuple[str, str, str]]:
    """Return (section, headline, outlet) as the real edition ran them, in order."""
    found, section = [], ""
    for line in (
        (SHARED / "seed-newsletter.txt").read_text("utf-8").splitlines()
    ):
        section = {"American Oversight in the news": "in_the_news"}.get(
            line, section
        )
        section = "following" if line.startswith("Other stories") else section
        if story := re.fullmatch(r"- (.+) \(([^()]+)\)", line):
            found.append((section, story[1], story[2]))
    return found


def week() -> Iterator[Article]:
    """Yield the ten articles of the edition, then three hundred others."""
    for n, (_, title, outlet) in enumerate(headlines()):
        text = next(t for start, t in TEXTS.items() if title.startswith(start))
        yield _article(n, title, text, outlet, hours=20 + 11 * n % 90)
    for n, (title, text, outlet) in enumerate(islice(_others(), OTHERS)):
        yield _article(10 + n, title, text, outlet, hours=2 + n * 7 % 160)


TIER_ONE = ("Politico", "NPR", "NBC News", "The Hill")
OTHER_TIERS = (
    "Texas Tribune",
    "The New Republic",
    "Law & Crime",
    "Government Executive",
)


def _others() -> Iterator[tuple[str, str, str]]:
    """Yield headline, text and outlet: small news of great papers, great news of smaller ones."""
    for n, (title, text) in enumerate(NEAR):
        yield title, f"{title}, and nobody minded. {text}", TIER_ONE[n % 4]
    for n, p in enumerate(load_press()[1]):
        yield (
            p.title,
            "\n\n".join(p.paragraphs),
            (TIER_ONE + OTHER_TIERS)[n % 8],
        )
    for n, (_, a) in enumerate(events.reports()):
        yield a.title, a.text, OTHER_TIERS[n % 4]
    for n, copy in enumerate(wire.copies(kept_back=True)):
        yield copy.article.title, copy.article.text, OTHER_TIERS[n % 4]


def _article(
    number: int, title: str, text: str, outlet: str, hours: float
) -> Article:
    url = f"https://press.example/{number}"
    when = FRIDAY - timedelta(hours=hours)
    return Article(
        url, url, outlet, title, text=text, published=when, language="en"
    )
