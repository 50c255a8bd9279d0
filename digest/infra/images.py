"""Images for mail, from the folder images/ of a working folder. The only user of Pillow."""

import re
import warnings
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from digest.errors import UnsuitableImage
from digest.infra.durable_files import write_durably
from digest.model import Picture

#: Formats that every mail program shows (caniemail.com: WebP is not shown by Outlook for Windows).
MEDIA = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
#: Of one image (Mailchimp, "About Template Images": JPG, GIF or PNG, 1 MB at most).
MAX_BYTES = 1_000_000
#: Pixels: twice a column of 600, for sharp displays (the same page).
MAX_WIDTH = 1200
MAX_HEIGHT = 4 * MAX_WIDTH
#: Target size of `fit_image`; a slow phone loads it in a second.
TARGET_BYTES = 250_000
#: Of JPEG, in the order in which they are tried.
QUALITIES = (84, 72, 60, 45)
PNG_COLOURS = 256
#: Names that are tried for an image: photo.jpg, photo-2.jpg, …
MAX_NAMES = 1000


def read_image(folder: Path, name: str) -> Picture:
    """Return an image of a folder as it is. Raises PictureUnfit if no mail should carry it."""
    file = folder / name
    content = _read_content(file)
    image = _open_image(file, content)
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1e6:.1f} MB"
        limit = f"{MAX_BYTES / 1e6:.0f} MB"
        raise UnsuitableImage(
            f"{_short_path(file)} has {size}; an image in a mail may have {limit} at "
            f"most; {_advice_for(file)}"
        )
    if image.format not in MEDIA:
        raise UnsuitableImage(
            f"{_short_path(file)}: expected JPEG, PNG or GIF, found {image.format}; "
            f"{_advice_for(file)}"
        )
    return _make_picture(name, image.format, image, content)


def fit_image(file: Path) -> Picture:
    """Return an image made fit for mail: upright, light, at most 1,200 pixels wide.

    What a camera noted beside it (place, time, device) is dropped; see-through becomes white.
    Raises PictureUnfit if the file is no image.
    """
    content = _read_content(file)
    image = _open_image(file, content)
    try:
        if _is_animation(image) and len(content) <= MAX_BYTES:
            name = _file_name(file, "gif")
            return _make_picture(name, "GIF", image, content)
        upright = ImageOps.exif_transpose(image)
        opaque = _flatten_image(upright)
        opaque.thumbnail((MAX_WIDTH, MAX_HEIGHT), Image.Resampling.LANCZOS)
    except (OSError, SyntaxError, ValueError) as error:
        raise UnsuitableImage(
            f"{file}: cannot be read as an image ({error})"
        ) from error
    png = b""
    if image.format in ("PNG", "GIF"):  # probably a drawing
        png = _encode_image(opaque.quantize(PNG_COLOURS), "PNG", optimize=True)
    if png and len(png) <= TARGET_BYTES:
        name = _file_name(file, "png")
        return _make_picture(name, "PNG", opaque, png)
    name = _file_name(file, "jpg")
    jpeg = _encode_light_jpeg(opaque)
    return _make_picture(name, "JPEG", opaque, jpeg)


def can_be_lighter(picture: Picture) -> bool:
    """Return whether `fit_image` would make an image a tenth lighter; it cannot for what it made."""
    try:
        image = _open_image(Path(picture.name), picture.content)
        if _is_animation(image):
            return len(picture.content) > MAX_BYTES
        opaque = _flatten_image(image)
    except (UnsuitableImage, OSError, SyntaxError, ValueError):
        return True
    opaque.thumbnail((MAX_WIDTH, MAX_HEIGHT), Image.Resampling.LANCZOS)
    jpeg = _encode_light_jpeg(opaque)
    return len(jpeg) < 0.9 * len(picture.content)


def save_image(folder: Path, picture: Picture) -> Picture:
    """Put an image into a folder under a name of its own; return it with that name."""
    folder.mkdir(parents=True, exist_ok=True)
    name = _find_free_name(folder, picture)
    file = folder / name
    if not file.exists():
        write_durably(file, picture.content)
    return replace(picture, name=name)


def _make_picture(name: str, kind: str, image: Any, content: bytes) -> Picture:
    return Picture(name, MEDIA[kind], image.width, image.height, content)


def _find_free_name(folder: Path, picture: Picture) -> str:
    """Return the first name that no other image has."""
    stem, dot, ending = picture.name.rpartition(".")
    names = [picture.name]
    names += [f"{stem}-{number}{dot}{ending}" for number in range(2, MAX_NAMES)]
    return next(
        name for name in names if _is_free(folder / name, picture.content)
    )


def _is_free(file: Path, content: bytes) -> bool:
    """Return whether there is no such file, or the same image in it."""
    return not file.exists() or file.read_bytes() == content


def _read_content(file: Path) -> bytes:
    name = _short_path(file)
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise UnsuitableImage(
            f"{name}: there is no such image; add it with `digest image FILE`"
        ) from None
    except OSError as error:
        raise UnsuitableImage(
            f"{name}: cannot be read ({error.strerror})"
        ) from error


def _open_image(file: Path, content: bytes) -> Any:
    """Return Pillow's image, its pixels unread."""
    name = _short_path(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(BytesIO(content))
    except (
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise UnsuitableImage(
            f"{name}: it has too many pixels and was not read"
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise UnsuitableImage(
            f"{name}: expected a JPEG, PNG or GIF image"
        ) from error


def _is_animation(image: Any) -> bool:
    return image.format == "GIF" and getattr(image, "n_frames", 1) > 1


def _flatten_image(image: Any) -> Any:
    """Return an image without transparency: on white, as most mail programs show it."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    transparent = image.convert("RGBA")
    white = Image.new("RGBA", transparent.size, "white")
    return Image.alpha_composite(white, transparent).convert("RGB")


def _encode_light_jpeg(image: Any) -> bytes:
    """Return an image as JPEG, in the best quality that is light, else in the lowest."""
    for quality in QUALITIES:
        jpeg = _encode_image(
            image, "JPEG", quality=quality, optimize=True, progressive=True
        )
        if len(jpeg) <= TARGET_BYTES:
            return jpeg
    return _encode_image(image, "JPEG", quality=QUALITIES[-1])


def _encode_image(image: Any, kind: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _file_name(file: Path, ending: str) -> str:
    """Return a file's name in letters that every address may hold."""
    stem = re.sub(r"[^a-z0-9]+", "-", file.stem.lower())
    stem = stem.strip("-") or "image"
    return f"{stem}.{ending}"


def _short_path(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _advice_for(file: Path) -> str:
    return f"`digest image {_short_path(file)}` makes one that fits"
