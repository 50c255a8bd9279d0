"""The frame of the preview: images come from this machine alone."""

from flask.testing import FlaskClient
from lxml.html import document_fromstring
from PIL import Image

from digest.app import App
from tests.desk_client import DAY, HOME, post


def test_images_in_the_preview_come_from_this_machine(
    desk: FlaskClient, stocked: App
) -> None:
    stocked.workspace.images_folder.mkdir()
    Image.new("RGB", (40, 20)).save(stocked.workspace.images_folder / "tap.png")
    post(
        desk,
        f"/{DAY}/lead",
        number="2",
        headline="H",
        body="![A tap](images/tap.png)",
    )
    built = stocked.editions.render_stored(DAY)
    mail = desk.get(f"/{DAY}/view/mail", base_url=HOME)
    (src,) = document_fromstring(mail.text).xpath("//img/@src")
    name = f"{built.pictures[0].key}-tap.png"
    theirs = f"https://letter.openwater.example/images/{built.pictures[0].key}/tap.png"
    assert mail.text.replace(
        '<base target="_blank">', ""
    ) == built.html.replace(theirs, src)
    assert src == f"../images/{name}"
    image = desk.get(f"/{DAY}/images/{name}", base_url=HOME)
    assert image.data == built.pictures[0].content
    assert desk.get(f"/{DAY}/images/x", base_url=HOME).status_code == 404
