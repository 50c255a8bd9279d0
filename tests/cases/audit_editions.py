"""Editions that the mail audit looks at: real, demonstrated, long, from right to left, hostile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from PIL import Image

from digest.edition import load_edition
from digest.model import Edition, Lead, OtherOutlet, Pick, Picture, Section

DAY = date(2026, 2, 27)
TEXT = (
    "Managers at the utility learned in spring that taps in [eleven schools](https://example.org/e{n}) "
    "carried lead above the legal limit. We asked for their **emails** under the state’s records law, "
    "sued when the utility refused, and have published all of them this week, four hundred pages in all."
)
BUTTON = (
    "[Read the emails of case {n}](https://example.org/case/{n}){{.button}}"
)
IMAGE = (
    '![A tap in a school corridor](images/tap.png "Northgate school, in March")'
)
OUTLETS = "Politico|NPR|The Hill|The New Republic|Government Executive|Law & Crime".split(
    "|"
)

#: What a feed may bring, but for marks of other mail programs: readers are to see what stands
#: there, and an audit cannot know that it is no leftover.
HOSTILE = [
    "</mj-text><mj-raw><script>alert(1)</script></mj-raw>", "<mj-include path='/etc/passwd' />", "5 < 6 & 7 > 2",
    'She said "no" to <b>that</b>', "it's -- a comment --> <!-- x -->", "AT&amp;T &copy=3 &#92; \\n", "नमस्ते दुनिया",
    "שלום עולם", "👩‍👩‍👧 🇺🇦 🏳️‍🌈 e\u0301", "Donaudampfschifffahrtsgesellschaft" * 15, "a\u00a0b\u00adc\u200dd \u202ereversed\u202c",
    "**bold** _em_ `code` [x](y)", "]]> <![CDATA[ <svg onload=alert(1)>", "javascript:alert(1)", "<img src=x onerror=alert(1)>",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """An edition, with the settings it is rendered under."""

    name: str
    edition: Edition


def letters(seed: str) -> Iterator[Letter]:
    """Yield the audited editions; `seed` is the seed newsletter as an edition's text."""
    yield Letter("seed", load_edition(seed))
    yield Letter("three-leads-twenty-lines", _edition(leads=3, lines=20))
    yield Letter("long-31-stories", _edition(leads=5, lines=31))
    yield Letter("right-to-left", _from_right_to_left())
    yield Letter("hostile-press", _hostile())


def tap(name: str) -> Picture:
    """Return the one image that these editions have."""
    out = BytesIO()
    Image.new("RGB", (1104, 552), "#5a7d9a").save(out, "PNG")
    return Picture(name, "image/png", 1104, 552, out.getvalue())


def _edition(leads: int, lines: int) -> Edition:
    return Edition(
        DAY,
        "What the records show",
        "Emails, training files and a demand letter; and the week’s press",
        tuple(_lead(n) for n in range(leads)),
        (
            Section(
                "in_the_news",
                "{org} in the news",
                tuple(map(_pick, range(lines // 2))),
            ),
            Section(
                "following",
                "Other stories we’re following",
                tuple(map(_pick, range(lines // 2, lines))),
            ),
        ),
    )


def _lead(n: int) -> Lead:
    parts = [
        TEXT.format(n=n),
        IMAGE if n == 0 else "- one point\n- another one",
        BUTTON.format(n=n),
    ]
    return Lead(
        f"They knew of the lead for {n + 12} months",
        "Emails show it.",
        "\n\n".join(parts),
    )


def _pick(n: int) -> Pick:
    url = f"https://example.org/2026/02/2{n % 8}/how-the-county-came-to-know-of-the-lead-{n}"
    headline = (
        f"County knew of lead in school taps for {n + 12} months, emails show"
    )
    if n % 10 != 3:
        return Pick(headline, url, OUTLETS[n % len(OUTLETS)])
    also = (
        OtherOutlet("The Courier", f"https://example.com/{n}"),
        OtherOutlet("Valley Wire"),
    )
    note, quote = (
        "A sentence by the editor.",
        "“A sentence pulled from the story.”",
    )
    return Pick(
        headline, url, "El País", True, True, "es", also, "", note, quote
    )


def _from_right_to_left() -> Edition:
    lead = Lead(
        "المياه في مدارس المقاطعة",
        "رسائل تكشف ما عرفته الشركة",
        f"علم المديرون في الربيع أن [الصنابير](https://example.org/e) تحوي الرصاص.\n\n{IMAGE}\n\n"
        "- نقطة أولى\n- نقطة ثانية\n\n[اقرأ الرسائل](https://example.org/b){.button}",
    )
    picks = (
        Pick(
            "المحكمة تنظر في القضية (اليوم)", "https://example.org/1", "الجزيرة"
        ),
        Pick(
            "School taps carried lead",
            "https://example.org/2",
            "NPR",
            language="en",
            note="ملاحظة",
        ),
        Pick(
            "פרשת הברזים",
            "https://example.org/3",
            "הארץ",
            language="he",
            paywall=True,
        ),
    )
    section = Section("in_the_news", "{org} في الأخبار", picks)
    return Edition(
        DAY,
        "ما تكشفه السجلات",
        "رسائل وملفات",
        (lead,),
        (section,),
        language="ar",
    )


def _hostile() -> Edition:
    picks = tuple(
        Pick(
            text,
            f"https://example.org/{n}?a=1&copy=2",
            text[:60],
            note=text[:200],
            quote=text[:200],
        )
        for n, text in enumerate(HOSTILE)
    )
    leads = tuple(Lead(text, text, text) for text in HOSTILE[:4])
    return Edition(
        DAY,
        HOSTILE[3],
        HOSTILE[5],
        leads,
        (Section("in_the_news", "{org} in the news", picks),),
    )
