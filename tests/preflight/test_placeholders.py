"""What stands for something still to come is named; words that only look so are not, in four languages."""

import pytest

from digest.preflight.placeholder_words import (
    find_doubtful_placeholder,
    find_placeholder,
)
from digest.preflight.placeholders import find_merge_mark, without_unseen

PLACEHOLDERS = [
    ("en", "# TODO headline"), ("en", "In March. FIXME: which year?"), ("en", "It answered [add link] after"), ("en", "It met on ??? and voted"),
    ("en", "Lorem ipsum dolor"), ("en", "It met TK times"), ("en", "Its dek TK"), ("en", "[insert name here]"), ("en", "XX % of homes"), ("en", "$XX million"),
    ("en", "[date to come]"), ("en", "It costs TBD"), ("en", "[your name]"), ("en", "[TK]"), ("en", "Headline goes here"), ("en", "“[insert quote]”"),
    ("en", "(insert link)"), ("en", "\\[add link\\]"), ("en", "XXXX homes"), ("en", "March ??, 2027"),
    ("de", "geantwortet [Link einfügen], nach"), ("de", "[Name ergänzen]"), ("de", "[Zitat folgt]"), ("de", "PLATZHALTER"), ("de", "TODO Titel"),
    ("de", "am ??? mit"), ("de", "XX Prozent"), ("es", "[añadir enlace]"), ("es", "[insertar el nombre]"), ("es", "TODO: titular"), ("es", "[enlace aquí]"),
    ("es", "XX por ciento"), ("es", "escribimos: TK. Debe decir: TK."), ("es", "FIXME"), ("fr", "[insérer le lien]"), ("fr", "[ajouter un nom]"),
    ("fr", "[lien à compléter]"), ("fr", "[à compléter]"), ("fr", "XX %"), ("fr", "TODO vérifier"), ("fr", "le ??? au conseil"),
]  # fmt: skip
WORDS = [
    ("en", "under Title XX of the Act"), ("en", "[TK Elevator to pay](u)"), ("en", "TK Maxx opens"), ("en", "“I told [name withheld] twice”"),
    ("en", "“[The county] knew of it,” and they [sic] told"), ("en", "The keys were {2, 3, 5}"), ("en", "What???"), ("en", "Super Bowl XXX"),
    ("en", "a todo list"), ("en", "TBC Bank"), ("en", "the [link to the ruling][ruling], [date](https://x)"), ("en", "[ruling]: https://a.example/"),
    ("en", "“born on [date] in”"), ("en", "TK’s profit"), ("en", "the XX chromosome"), ("en", "[Name and address supplied.]"),
    ("en", "<!-- TODO [add link] -->"), ("en", "`FIXME`"), ("es", "El consejo lo sabía todo"), ("es", "# Todo lo que hay"), ("es", "siglo XX"),
    ("es", "# TODO LO QUE HAY QUE SABER"), ("es", "lo sabe TODO el mundo"), ("es", "la TBC en España"), ("de", "Die TK zahlt"), ("de", "XX. Parteitag"),
    ("de", "[Anm. d. Red.]"), ("de", "„[die Stadt] wusste es“"), ("fr", "XXe siècle"), ("fr", "« [la mairie] savait »"), ("fr", "Quoi ???"),
    ("fr", "Qui savait\u00a0??"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "line"), PLACEHOLDERS)
def test_a_placeholder_is_certain(language: str, line: str) -> None:
    assert find_placeholder(without_unseen(line), language)


@pytest.mark.parametrize(("language", "line"), WORDS)
def test_a_word_is_no_placeholder(language: str, line: str) -> None:
    text = without_unseen(line)
    assert find_placeholder(text, language) == ""
    assert find_doubtful_placeholder(text, language) == ""


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "It answered [link] then"),
        ("fr", "[date]"),
        ("es", "# TODO titular"),
    ],
)
def test_what_may_be_a_word_is_doubtful(language: str, line: str) -> None:
    assert find_placeholder(line, language) == ""
    assert find_doubtful_placeholder(line, language)


@pytest.mark.parametrize(
    "line",
    [
        "Dear {first_name}, the", "Dear [First Name],", "Dear {{ name }}", "*|FNAME|*", "Hola {nombre}", "Bonjour [Prénom],", "Liebe {Vorname}",
        "%FIRSTNAME%", "${name}", "{subscriber.email}", "Estimada [nombre]:", "%recipient.name%", "<<First Name>>", "[FIRST_NAME]",
    ],
)  # fmt: skip
def test_a_mark_of_another_program_is_named(line: str) -> None:
    assert find_merge_mark(without_unseen(line))


@pytest.mark.parametrize(
    "line",
    [
        "## {org} in the news {#in_the_news}", "{2, 3, 5}", "100 % sure, 5 % x", "{block: donate}", "[x](u){.button}", "{width=200}",
        "“[The county] knew”", "`{first_name}`", "a {b} c", "<b>x</b>", "x << y", "Dear [the county’s](https://x) council", "%20A%20",
    ],
)  # fmt: skip
def test_braces_and_brackets_of_ours_are_no_marks(line: str) -> None:
    assert find_merge_mark(without_unseen(line)) == ""
