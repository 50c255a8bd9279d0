"""Images: made fit for mail, refused where they are not, kept for as long as a mail lies around."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import html
from PIL import Image

from digest.app import App
from digest.cli import cli
from digest.errors import RenderError, UnsuitableImage
from digest.infra.images import (
    MAX_BYTES,
    MAX_WIDTH,
    TARGET_BYTES,
    fit_image,
    read_image,
    save_image,
)
from digest.web.public import create_public_app
from tests.conftest import EDITION, NOW
from tests.fakes.smtp import FakeSmtp

DAY = NOW.date()
LINE = '![A tap in a corridor](images/tap.png "Northgate school")'
WITH_IMAGE = EDITION.replace("Paragraphs.\n", f"Before.\n\n{LINE}\n\nBehind.\n")


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that no compression makes light."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(
        mode, (width, height), _bytes(width * height * channels)
    )


def _bytes(size: int) -> bytes:
    import random

    return random.Random(7).randbytes(size)


def drawing(width: int = 1104, height: int = 552) -> Image.Image:
    image = Image.new("RGB", (width, height), "white")
    image.paste((11, 83, 148), (40, 40, 200, 400))
    return image


@pytest.fixture
def tap(folder: Path) -> Path:
    (folder / "images").mkdir()
    drawing().save(folder / "images" / "tap.png")
    return folder / "images" / "tap.png"


def saved(image: Image.Image, file: Path, **options) -> Path:
    image.save(file, **options)
    return file


# Fitting


def test_a_photograph_becomes_light_and_no_wider_than_sharp_displays_need(
    tmp_path: Path,
) -> None:
    file = saved(noise(3000, 2000), tmp_path / "Foto Ünö.JPG", quality=95)
    assert file.stat().st_size > MAX_BYTES
    made = fit_image(file)
    assert made.name == "foto-n.jpg"
    assert (made.media, made.width, made.height) == (
        "image/jpeg",
        MAX_WIDTH,
        800,
    )
    assert len(made.content) < file.stat().st_size / 10


def test_a_drawing_stays_sharp_as_png(tmp_path: Path) -> None:
    made = fit_image(saved(drawing(), tmp_path / "chart.png"))
    assert (made.media, made.name) == ("image/png", "chart.png")
    assert len(made.content) <= TARGET_BYTES


def test_what_is_see_through_becomes_white(tmp_path: Path) -> None:
    made = fit_image(
        saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), tmp_path / "logo.png")
    )
    assert Image.open(BytesIO(made.content)).convert("RGB").getpixel(
        (5, 5)
    ) == (
        255,
        255,
        255,
    )


def test_a_phone_held_upright_gives_an_upright_picture_without_its_place(
    tmp_path: Path,
) -> None:
    notes = Image.Exif()
    notes[0x0112], notes[0x010F] = 6, "a maker of phones"
    file = saved(
        drawing(400, 200), tmp_path / "phone.jpg", exif=notes.tobytes()
    )
    made = fit_image(file)
    assert (made.width, made.height) == (200, 400)
    assert b"a maker of phones" in file.read_bytes()
    assert b"a maker of phones" not in made.content


def test_a_film_is_left_as_it_is(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (30, 30), (80 * n, 0, 0)) for n in range(3)]
    file = saved(
        frames[0],
        tmp_path / "film.gif",
        save_all=True,
        append_images=frames[1:],
    )
    assert fit_image(file).content == file.read_bytes()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"no image", "expected a JPEG, PNG or GIF image"),
        (b"", "expected a JPEG, PNG or GIF image"),
        (None, "there is no such image"),
    ],
)
def test_what_is_no_image_is_said(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    if content is not None:
        (tmp_path / "x.png").write_bytes(content)
    for work in (
        lambda: fit_image(tmp_path / "x.png"),
        lambda: read_image(tmp_path, "x.png"),
    ):
        with pytest.raises(UnsuitableImage, match=problem):
            work()


def test_a_picture_that_breaks_off_is_said(tmp_path: Path) -> None:
    whole = saved(noise(300, 300), tmp_path / "x.jpg").read_bytes()
    (tmp_path / "x.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnsuitableImage, match="cannot be read as an image"):
        fit_image(tmp_path / "x.jpg")


def test_a_picture_of_a_hundred_million_pixels_is_not_opened(
    tmp_path: Path,
) -> None:
    Image.new("1", (12_000, 12_000)).save(tmp_path / "bomb.png")
    for work in (
        lambda: fit_image(tmp_path / "bomb.png"),
        lambda: read_image(tmp_path, "bomb.png"),
    ):
        with pytest.raises(UnsuitableImage, match="too many pixels"):
            work()


def test_two_pictures_of_one_name_are_both_kept(tmp_path: Path) -> None:
    one = fit_image(saved(drawing(), tmp_path / "a.png"))
    other = fit_image(saved(drawing(300, 300), tmp_path / "a.png"))
    names = [
        save_image(tmp_path / "images", p).name
        for p in (one, other, one, other)
    ]
    assert names == ["a.png", "a-2.png", "a.png", "a-2.png"]


@pytest.mark.parametrize(
    ("name", "make", "problem"),
    [
        ("big.png", lambda f: noise(700, 700).save(f), r"images/big.png has 1\.\d MB; an image in a mail may have 1 MB .*`digest image images/big.png`"),
        ("x.webp", lambda f: drawing().save(f), "images/x.webp: expected JPEG, PNG or GIF, found WEBP; `digest image"),
    ],
)  # fmt: skip
def test_what_no_mail_should_carry_is_refused_with_what_to_do(
    app: App, name: str, make: Callable[[Path], None], problem: str
) -> None:
    app.workspace.images_folder.mkdir()
    make(app.workspace.images_folder / name)
    app.editions.save_source(WITH_IMAGE.replace("tap.png", name))
    with pytest.raises(RenderError, match=f"line 19: {problem}"):
        app.editions.render_stored(DAY)


def test_a_missing_image_is_named_with_its_line(app: App) -> None:
    app.editions.save_source(WITH_IMAGE)
    with pytest.raises(
        RenderError,
        match=r"line 19: images/tap.png: there is no such image; add it with `dig",
    ):
        app.editions.render_stored(DAY)


def test_the_command_prints_the_line_to_paste(app: App, tmp_path: Path) -> None:
    file = saved(noise(2400, 1200), tmp_path / "IMG 1.jpg")
    folder = str(app.workspace.folder)
    args = [
        "-C",
        folder,
        "image",
        str(file),
        "--alt",
        "A [tap]",
        "--caption",
        'The "tap"',
    ]
    done = CliRunner().invoke(cli, args, catch_exceptions=False)
    assert done.stdout == '![A \\[tap\\]](images/img-1.jpg "The ”tap”")\n'
    assert "1200 × 600 pixels" in done.stderr
    app.editions.save_source(EDITION.replace("Paragraphs.\n", done.stdout))
    assert 'alt="A [tap]"' in app.editions.render_stored(DAY).html


# In an edition


def test_an_image_has_size_words_and_background(app: App, tap: Path) -> None:
    app.editions.save_source(WITH_IMAGE)
    built = app.editions.render_stored(DAY)
    (picture,) = built.pictures
    for part in (built.html, built.page):
        (image,) = html.fromstring(part).iter("img")
        assert (
            image.get("src")
            == f"https://letter.openwater.example/images/{picture.key}/tap.png"
        )
        assert (image.get("width"), image.get("height")) == ("552", "276")
        assert image.get("alt") == "A tap in a corridor"
        assert "Northgate school" in part
    assert "background-color" in next(
        html.fromstring(built.html).iter("img")
    ).get("style")
    assert (
        "Before.\n\n[A tap in a corridor]\nNorthgate school\n\nBehind."
        in built.text
    )
    assert '<meta property="og:image" content="https://letter' in built.page


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("![A](images/tap.png)", ("552", "276")),
        ("![A](images/tap.png){width=200}", ("200", "100")),
        ("![A](images/tap.png){width=5000}", ("552", "276")),
        ("![A](images/tap.png){width=wide}", ("552", "276")),
        ("![A](https://a.example/t.png)", ("552", None)),
        ("![A](https://a.example/t.png){width=300}", ("300", None)),
    ],
)
def test_an_image_is_never_wider_than_its_column(
    app: App, tap: Path, line: str, size
) -> None:
    app.editions.save_source(WITH_IMAGE.replace(LINE, line))
    (image,) = html.fromstring(app.editions.render_stored(DAY).html).iter("img")
    assert (image.get("width"), image.get("height")) == size


def test_an_image_can_be_a_link(app: App, tap: Path) -> None:
    app.editions.save_source(
        WITH_IMAGE.replace(
            LINE, "[![A tap](images/tap.png)](https://example.org/x)"
        )
    )
    built = app.editions.render_stored(DAY)
    for part in (built.html, built.page):
        assert (
            next(html.fromstring(part).iter("img"))
            .getparent()
            .get("href")
            .endswith("/x")
        )
    assert "[A tap]\n  https://example.org/x" in built.text


def test_another_image_under_the_same_name_voids_the_approval(
    app: App, tap: Path
) -> None:
    app.editions.save_source(WITH_IMAGE)
    before = app.approval.approve_edition(DAY, "Ada").content_hash
    drawing(600, 600).save(tap)
    assert app.editions.render_stored(DAY).content_hash != before
    assert not app.sending.plan_send(DAY).approved


def test_readers_get_the_image_that_was_approved_whatever_became_of_the_file(
    open_app: Callable[..., App], tap: Path
) -> None:
    app = open_app(now=NOW)
    app.editions.save_source(WITH_IMAGE)
    app.approval.approve_edition(DAY, "Ada")
    before, page = tap.read_bytes(), app.editions.render_stored(DAY).page
    app.publishing.publish_edition(DAY, "Ada")
    tap.unlink()
    client = create_public_app(app).test_client()
    assert client.get(f"/{DAY}/").text == page
    address = re.search(
        r'src="https://letter.openwater.example(/images/[^"]+)"', page
    )[1]
    answer = client.get(address)
    assert (answer.data, answer.mimetype) == (before, "image/png")
    assert (
        answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for other in (
        address.replace("tap", "top"),
        "/images/0/tap.png",
        "/images/../feeds.yaml",
    ):
        assert client.get(other).status_code == 404


def test_a_test_mail_shows_its_image_before_anybody_approved(
    open_app: Callable[..., App], tap: Path, smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    app.editions.save_source(WITH_IMAGE)
    app.sending.send_test(DAY, "ada@readers.example")
    ((_, mail),) = smtp.messages
    body = mail.get_body(("html",)).get_content()
    address = re.search(r"letter.openwater.example(/images/[^\"]+)", body)[1]
    assert create_public_app(app).test_client().get(address).status_code == 200


def test_a_build_holds_its_images(app: App, tap: Path) -> None:
    app.editions.save_source(WITH_IMAGE)
    files = {f.name: f for f in app.edition_files.write_edition(DAY)}
    assert files["tap.png"].read_bytes() == tap.read_bytes()
