"""The desk in the language of whoever asks."""

from flask.testing import FlaskClient

from digest.web.desk.i18n import direction_of
from tests.desk_client import DAY, HOME, page, post


def test_the_desk_speaks_the_language_of_whoever_asks(
    desk: FlaskClient,
) -> None:
    spanish = desk.get(
        f"/{DAY}/finds",
        base_url=HOME,
        headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.1"},
    ).text
    assert '<html lang="es">' in spanish
    assert "Lo que trajo la semana" in spanish
    assert "hace 2 horas" in spanish
    assert "What the week brought" in page(desk, f"/{DAY}/finds").text_content()
    post(desk, "/speak", language="es", next=f"/{DAY}/edition")
    assert (
        "Edición del 27 de febrero de 2026"
        in page(desk, f"/{DAY}/edition").text_content()
    )
    post(desk, "/speak", language="xx")
    assert "The edition" in page(desk, f"/{DAY}/edition").text_content()


def test_a_sentence_runs_as_its_language_does_whatever_it_begins_with() -> None:
    assert direction_of("he-IL") == "rtl"
    assert direction_of("ar") == "rtl"
    assert direction_of("es") == "auto"
    assert direction_of("") == "auto"
