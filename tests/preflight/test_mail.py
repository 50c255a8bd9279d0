"""The mail as the check looks at it: points of spam."""

from email.message import EmailMessage
from shutil import which

import pytest

from digest.preflight.mail import spam_points


@pytest.mark.slow
@pytest.mark.skipif(
    not which("spamassassin"), reason="SpamAssassin is not installed"
)
def test_spamassassin_gives_points_for_what_it_knows() -> None:
    plain, spam = EmailMessage(), EmailMessage()
    plain["Subject"], spam["Subject"] = "What the records show", "TEST"
    plain.set_content("The county published the report on Friday.")
    # SpamAssassin's own test string (gtube.net): whatever holds it is spam
    spam.set_content(
        "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    )
    plain_points, points = spam_points(bytes(plain)), spam_points(bytes(spam))
    assert plain_points is not None
    assert points is not None
    assert points > 500 > plain_points


def test_without_spamassassin_there_are_no_points() -> None:
    assert spam_points(b"Subject: x\n\n") is None
