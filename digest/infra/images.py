"""Images for mail, from the folder images/ of a working folder. The only user of Pillow."""

import re
import warnings
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from digest.errors import PictureUnfit
from digest.infra.durable_files import write_durably
from digest.model import Picture

#: What every mail program shows (caniemail.com: WebP is not shown by Outlook for Windows).
MEDIA = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
#: Bytes of one image at most (Mailchimp, "About Template Images": JPG, GIF or PNG, 1 MB at most).
HEAVIEST = 1_000_000
#: Pixels: twice a column of 600, for sharp displays (the same page).
WIDEST = 1200
#: What `fit` aims at, in bytes; on a slow phone it is a second.
LIGHT = 250_000
QUALITIES = (84, 72, 60, 45)

_HOW = "`digest image {}` makes one that fits"


def read(folder: Path, name: str) -> Picture:
    """Return an image of a folder as it is. Raises PictureUnfit if no mail should carry it."""
    file = folder / name
    content = _content(file)
    image = _opened(file, content)
    if len(content) > HEAVIEST:
        weight = (
            f"weighs {len(content) / 1e6:.1f} MB, more than the {HEAVIEST / 1e6:.0f} MB"
        )
        raise PictureUnfit(
            f"{_named(file)} {weight} a mail should make anybody load; {_how(file)}"
        )
    if image.format not in MEDIA:
        known = "JPEG, PNG or GIF"
        raise PictureUnfit(
            f"{_named(file)}: expected {known}, found {image.format}; {_how(file)}"
        )
    return Picture(name, MEDIA[image.format], image.width, image.height, content)


def fit(file: Path) -> Picture:
    """Return an image made fit for mail: upright, light, at most 1,200 pixels wide.

    What a camera noted beside it (place, time, device) is dropped; see-through becomes white.
    Raises PictureUnfit if the file is no image.
    """
    content = _content(file)
    image = _opened(file, content)
    try:
        if (
            image.format == "GIF"
            and getattr(image, "n_frames", 1) > 1
            and len(content) <= HEAVIEST
        ):
            name = _slug(file, "gif")
            return Picture(name, MEDIA["GIF"], image.width, image.height, content)
        drawn = _flat(ImageOps.exif_transpose(image))
        drawn.thumbnail((WIDEST, WIDEST * 4), Image.Resampling.LANCZOS)
    except (OSError, SyntaxError, ValueError) as e:
        raise PictureUnfit(f"{file}: cannot be read as an image ({e})") from e
    kind, small = _lightest(drawn, drawing=image.format in ("PNG", "GIF"))
    name = _slug(file, "png" if kind == "PNG" else "jpg")
    return Picture(name, MEDIA[kind], drawn.width, drawn.height, small)


def save(folder: Path, picture: Picture) -> Picture:
    """Put an image into a folder under a name of its own; return it with that name."""
    stem, dot, ending = picture.name.rpartition(".")
    names = (picture.name, *(f"{stem}-{n}{dot}{ending}" for n in range(2, 1000)))
    folder.mkdir(parents=True, exist_ok=True)
    name = next(n for n in names if _free(folder / n, picture.content))
    if not (folder / name).exists():
        write_durably(folder / name, picture.content)
    return replace(picture, name=name)


def _free(file: Path, content: bytes) -> bool:
    return not file.exists() or file.read_bytes() == content


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise PictureUnfit(
            f"{_named(file)}: there is no such image; `digest image FILE` puts one there"
        ) from None
    except OSError as e:
        raise PictureUnfit(f"{_named(file)}: cannot be read ({e.strerror})") from e


def _opened(file: Path, content: bytes) -> Any:
    """Return Pillow's image, its pixels unread."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(BytesIO(content))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as e:
        raise PictureUnfit(
            f"{_named(file)}: more pixels than any camera makes; not read"
        ) from e
    except (OSError, SyntaxError, ValueError) as e:
        raise PictureUnfit(f"{_named(file)}: expected a JPEG, PNG or GIF image") from e


def _flat(image: Any) -> Any:
    """Return an image without transparency: on white, as most readers see the mail."""
    if image.has_transparency_data:
        shaped = image.convert("RGBA")
        return Image.alpha_composite(
            Image.new("RGBA", shaped.size, "white"), shaped
        ).convert("RGB")
    return image.convert("RGB")


def _lightest(image: Any, *, drawing: bool) -> tuple[str, bytes]:
    """Write a drawing as PNG, if that is light, and everything else as JPEG."""
    if drawing:
        png = _written(image.quantize(256), "PNG", optimize=True)
        if len(png) <= LIGHT:
            return "PNG", png
    tries = (
        _written(image, "JPEG", quality=q, optimize=True, progressive=True)
        for q in QUALITIES
    )
    return "JPEG", next((t for t in tries if len(t) <= LIGHT), None) or _written(
        image, "JPEG", quality=QUALITIES[-1]
    )


def _written(image: Any, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _slug(file: Path, ending: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "image"
    return f"{stem}.{ending}"


def _named(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _how(file: Path) -> str:
    return _HOW.format(_named(file))
