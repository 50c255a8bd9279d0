"""Lead form: the text of a lead, and the image that may be sent with it."""

import re
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from flask import request
from werkzeug.utils import secure_filename

from digest.edition import escape_text
from digest.errors import UnsuitableImage
from digest.infra.running_text import fold_spaces
from digest.model import Lead
from digest.web.current import app
from digest.web.desk.i18n import _

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage


def clean_body(text: str) -> str:
    """Return a lead's text as it is stored: its lines end with a line feed, the last with none."""
    return re.sub(r"\r\n?", "\n", text).strip("\n").rstrip()


def read_lead(fields: Mapping[str, str], prefix: str = "") -> Lead | None:
    """Return the lead in some fields, or None if all are empty."""
    headline = fold_spaces(fields.get(f"{prefix}headline", ""))
    dek = fold_spaces(fields.get(f"{prefix}dek", ""))
    body = clean_body(fields.get(f"{prefix}body", ""))
    if not (headline or dek or body):
        return None
    return Lead(headline, dek, body)


def read_lead_with_image() -> Lead | None:
    """Return the form's lead, an image that was sent with it after its text."""
    fields = dict(request.form)
    if has_image():
        body = fields.get("body", "").rstrip()
        fields["body"] = f"{body}\n\n{store_image()}"
    return read_lead(fields)


def has_image() -> bool:
    """Return whether an image was sent with the form."""
    return _sent_image() is not None


def store_image() -> str:
    """Store the form's image; return the line that shows it in a lead. Raises PictureUnfit."""
    image = _sent_image()
    description = fold_spaces(request.form.get("alt", ""))
    if image is None:
        raise UnsuitableImage(_("Choose an image first."))
    if not description:
        raise UnsuitableImage(
            _("Say what is to be seen on the image, for who cannot see it.")
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / (secure_filename(image.filename or "") or "image")
        with closing(image):
            image.save(file)
        picture = app.output_files.add_image(file)
    return f"![{escape_text(description)}](images/{picture.name})"


def _sent_image() -> "FileStorage | None":
    image = request.files.get("image")
    if image is None or not image.filename:
        return None
    return image
