"""Three simulated editors over real press: what each would pick, beside the rules they wrote down.

The press is that of ../shared (feeds and pages), which stays there. An editor's taste is simulated by
a list of words far longer and more exact than the phrases of the topics, as a person knows more
of their field than they put into a settings file. Every second article is for learning, the
others are kept back.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from digest.model import Article
from digest.settings import Topic
from tests.conftest import NOW, SHARED

NEWS = re.compile(
    r"bbc|dailymail|guardian|smh|nytimes|elpais|cbsnews|theweek|dawn|huffpost|abc\.net|straittimes"
    r"|wsj|foreignpolicy|rnz|nzherald|tpm|time\.com|UTF8|independent|cnn|reuters|fox|wired|npr|aljazeera"
)


@dataclass(frozen=True, slots=True, eq=False)
class Editor:
    name: str
    topics: tuple[Topic, ...]
    taste: str  #: words, as a regular expression

    def picks(self, a: Article) -> bool:
        told = f"{a.title}. {a.title}. {' '.join(a.text.split()[:120])}"
        return len(re.findall(rf"\b(?:{self.taste})", told, re.IGNORECASE)) >= 2


EDITORS = (
    Editor(
        "a civil rights group",
        (
            Topic(name="Policing", any=("police", "officers", "shooting")),
            Topic(name="Courts", any=("court", "judge", "lawsuit")),
            Topic(name="Protest", any=("protest*", "Black Lives Matter")),
            Topic(name="Immigration", any=("immigration", "border", "ICE")),
        ),
        r"racis|racial|police (?:brutality|violence|reform|department)|floyd|black (?:lives|people|man|men"
        r"|woman|women|american)|civil rights|discriminat|protest|curfew|tear gas|detain|deport|migrant"
        r"|asylum|refugee|immigration|supreme court|voting|voter|ballot|free speech|censor|activist"
        r"|human rights|prisoner|inmate|indigenous|equality|justice|minneapolis|confederate|hate crime"
        r"|islamophob|antisemit|lgbt|transgender|gay|abortion|surveillance|press freedom|juneteenth",
    ),
    Editor(
        "a public health charity",
        (
            Topic(name="Epidemics", any=("virus", "outbreak", "coronavirus")),
            Topic(name="Care", any=("hospital", "nurses", "doctor*")),
            Topic(name="Food and drugs", any=("drug*", "food", "diet")),
            Topic(name="Children", any=("children", "school*")),
        ),
        r"health|vaccin|virus|covid|coronavirus|pandemic|infect|outbreak|hospital|nurse|patient|disease"
        r"|cancer|mental|suicide|medic(?:al|ine|aid)|epidemi|quarantine|lockdown|face mask|social distanc"
        r"|symptom|clinic|surgery|nhs|obes|nutrition|opioid|overdose|smok|pollution|drinking water"
        r"|maternal|disab|dementia|aged care|care home|who\b|antibod|therap|doctor|death toll|hantavirus",
    ),
    Editor(
        "a climate and energy watchdog",
        (
            Topic(name="Climate", any=("climate", "emissions", "warming")),
            Topic(name="Energy", any=("oil", "gas", "power", "energy")),
            Topic(name="Weather", any=("storm", "flood*", "heat", "fire")),
            Topic(
                name="Trade and industry", any=("factory", "mining", "trade")
            ),
        ),
        r"climate|carbon|emission|warming|renewable|solar|wind (?:farm|power|turbine)|fossil|oil|opec|coal"
        r"|gas|pipeline|drilling|energy|electric|power (?:grid|cut|plant|outage)|blackout|nuclear|batter"
        r"|wildfire|bushfire|drought|flood|storm|hurricane|cyclone|heatwave|glacier|ice sheet|ocean|reef"
        r"|species|wildlife|biodivers|forest|deforest|environment|conservation|plastic|pollut|water supply"
        r"|sustainab|farm|crop|whale|mining|mine\b|tariff|petrol|fuel|ecolog|river|extinct",
    ),
)


@cache
def real_press() -> tuple[Article, ...]:
    """Return the news articles of ../shared with some text, feeds first."""
    found = {
        a.title.lower(): a
        for a in (*_from_feeds(), *_from_pages())
        if len(a.text) > 60
    }
    return tuple(found.values())


def split(kept_back: bool) -> list[Article]:
    return [a for n, a in enumerate(real_press()) if bool(n % 2) == kept_back]


def _from_feeds() -> list[Article]:
    found: list[Article] = []
    for file in sorted((SHARED / "data/feeds").rglob("*.*")):
        if NEWS.search(file.name) and file.suffix not in (
            ".json",
            ".md",
            ".py",
        ):
            found += _read(file)
    return found


def _read(file: Path) -> list[Article]:
    from digest.collect.feeds.parse import Origin, convert_entries, parse_feed
    from digest.errors import FeedUnreadable

    outlet = re.sub(
        r"^(?:kagi|rssparser|miniflux|rnrss|nodefp|feedjira)-|-?\d*-?[0-9a-f]{6,}",
        "",
        file.stem,
    )
    try:
        found = convert_entries(
            parse_feed(file.read_bytes()), Origin("https://o.example/f", outlet)
        )
    except FeedUnreadable:
        return []
    return [_as_news(a.title, a.summary, outlet) for a in found]


def _from_pages() -> list[Article]:
    labels = json.loads(
        (SHARED / "data/extraction/ground-truth.json").read_text("utf-8")
    )
    return [
        _as_news(
            p.get("title") or p["text"].split("\n")[0][:90],
            p["text"],
            p["site"],
        )
        for p in labels.values()
        if p.get("text")
    ]


def _as_news(title: str, text: str, outlet: str) -> Article:
    number = crc32(f"{title}{text[:50]}".encode())
    return Article(
        f"k{number}", "", outlet, title, text=text, published=NOW, id=number
    )
