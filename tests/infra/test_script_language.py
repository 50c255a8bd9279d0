"""A text's script tells its language where it can be no other, and nothing where it can."""

import pytest

from digest.infra.script_language import foreign_direction, foreign_language


@pytest.mark.parametrize(
    ("text", "language", "guess"),
    [
        ("المجلس يصوت غدا (2027)!", "en", "ar"),
        ("شورای شهر فردا رأی می‌دهد، پس از گزارش", "en", "fa"),
        ("کونسل کل ووٹ دے گی", "de", "ur"),
        ("המועצה מצביעה מחר", "fr", "he"),
        ("市議会はあす採決する", "en", "ja"),
        ("市议会明天表决", "en", "zh"),
        ("시의회 내일 표결", "es", "ko"),
        ("Το συμβούλιο ψηφίζει", "en", "el"),
        # the edition's own, or one that many languages are written in
        ("المجلس يصوت غدا", "ar", ""),
        ("المجلس يصوت غدا", "fa-IR", ""),
        ("市议会明天表决", "ja", ""),
        ("Совет голосует завтра", "en", ""),
        ("The council votes", "ar", ""),
        # a word of another script within
        ("The word سلام in an English sentence", "en", ""),
        ("2027 (!)", "en", ""),
        ("", "en", ""),
    ],
)
def test_a_language_is_guessed_by_script(
    text: str, language: str, guess: str
) -> None:
    assert foreign_language(text, language) == guess


def test_a_direction_is_told_where_it_is_another() -> None:
    assert foreign_direction("المجلس", "en") == "rtl"
    assert foreign_direction("المجلس", "ar") == ""
    assert foreign_direction("2027 The council", "ar") == "ltr"
    assert foreign_direction("2027", "ar") == ""
