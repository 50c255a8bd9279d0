"""Our names are marked in a sentence, and nothing else is."""

import pytest

from digest.render.our_names import make_name_marker
from digest.settings import Organisation


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("It is Open Water’s <b>.", "It is <strong>Open Water</strong>’s &lt;b&gt;."),
        ("OPEN WATER v COUNTY", "<strong>OPEN WATER</strong> v COUNTY"),
        ("In Open Water v Hallam County it won.", "In <strong>Open Water v Hallam County</strong> it won."),
        ("The Open Water Trust said", "The <strong>Open Water Trust</strong> said"),
        ("It was open water, said Oduya.", "It was open water, said <strong>Oduya</strong>."),
        ("Oduya of Open Water", "Oduya of <strong>Open Water</strong>"),
        ("Open Waterways", "Open Waterways"),
        ("", ""),
    ],
)  # fmt: skip
def test_our_names_are_marked_and_nothing_else_is(
    text: str, marked: str
) -> None:
    ours = Organisation(
        name="Open Water",
        aliases=("Open Water Trust",),
        people=("Maren Oduya", "Li Wu"),
        cases=("Open Water v. Hallam County",),
    )
    assert make_name_marker(ours)(text) == marked
