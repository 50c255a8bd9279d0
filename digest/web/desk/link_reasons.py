"""Reasons of links in mails, in the language of the desk: see digest.collect.mail."""

from digest.web.desk.i18n import _


def describe_reason(reason: str) -> str:
    """Return why a link of a mail was not taken; as it is kept if it is of an earlier version."""
    return name_reasons().get(reason, reason)


def name_reasons() -> dict[str, str]:
    """Return the reasons that the links on the page of mailboxes may have, in the reader's language."""
    return {
        "a forum": _("a forum"),
        "a headline, and the first page of a host": _(
            "a headline, and the first page of a host"
        ),
        "a post on a social network": _("a post on a social network"),
        "a press release": _("a press release"),
        "a video": _("a video"),
        "an event to come": _("an event to come"),
        "it could not be followed": _("it could not be followed"),
        "it has a headline, and the address of a service page": _(
            "it has a headline, and the address of a service page"
        ),
        "it is an offer": _("it is an offer"),
        "it is labelled as one": _("it is labelled as one"),
        "it stands apart from the headlines": _(
            "it stands apart from the headlines"
        ),
        "it stands in a menu": _("it stands in a menu"),
        "it stands in a row of links": _("it stands in a row of links"),
        "it stands near the end of the mail": _(
            "it stands near the end of the mail"
        ),
        "it was not followed": _("it was not followed"),
        "its address says so": _("its address says so"),
        "its heading": _("its heading"),
        "its label": _("its label"),
        "its words do not say that it leads to an article": _(
            "its words do not say that it leads to an article"
        ),
        "its words may be about something else": _(
            "its words may be about something else"
        ),
        "neither its address nor its words are like an article's": _(
            "neither its address nor its words are like an article's"
        ),
        "the mail itself, or a list": _("the mail itself, or a list"),
    }
