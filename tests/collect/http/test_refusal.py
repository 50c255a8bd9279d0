"""Why a page cannot be read: refusals named for what they are."""

import pytest

from digest.collect.http.refusal import RefusedAnswer, explain_refusal

# Why a page cannot be read


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            RefusedAnswer(403, "Forbidden", {"cf-mitigated": "challenge"}, b""),
            "challenge",
        ),
        (
            RefusedAnswer(503, "", {}, b"<title>Just a moment...</title>"),
            "challenge",
        ),
        (
            RefusedAnswer(
                403,
                "",
                {},
                b"<script src='https://ct.captcha-delivery.com/c.js'>",
            ),
            "challenge",
        ),
        (
            RefusedAnswer(
                403, "Forbidden", {}, b"Already a subscriber? Sign in"
            ),
            "paywall",
        ),
        (RefusedAnswer(402, "Payment Required", {}, b""), "paywall"),
        (RefusedAnswer(403, "Forbidden", {}, b"No."), "http 403"),
        (RefusedAnswer(410, "Gone", {}, b""), "http 410"),
    ],
)
def test_a_refusal_is_named_for_what_it_is(
    answer: RefusedAnswer, reason: str
) -> None:
    assert explain_refusal(answer).reason == reason
