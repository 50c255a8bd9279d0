"""Errors: every failure that a user can meet.

DigestError              says what is wrong, where, and what to do; exit code 1
  FetchError             one address failed; the others go on
  FeedUnreadable         one feed gave something that is no feed; the others go on
  PageUnread             one page has no readable article; matched on title and summary only
  EditionError           the edition's text cannot be read; names the line
  RenderError            a template cannot be rendered; names the file and line
  PictureUnfit           an image that no mail should carry; names the file
  NotFound               no such edition, article or subscriber
  Conflict               somebody else changed the same words meanwhile; nothing was overwritten
  LoginRefused           a login is refused
  TooManyTries           somebody tries too often; says in how many seconds to try again
  AlreadySent            what was sent or published is no draft; a correction is
  NotApproved            nobody has approved exactly this content
  TransportDown          nothing was handed over; safe to run again
    SenderRefused        the provider refuses whoever sends, until a person has fixed the cause
  Busy                   another digest is doing this already
  NotYet                 it is not this work's turn; to be tried again some seconds later
  Elsewhere              what this work needs is not here; another worker may have it
  StoreDown              the database cannot be read or written; what was done before is kept
SettingsError            not a DigestError, so that no handler swallows it; exit code 2
"""

from collections.abc import Mapping


class DigestError(Exception):
    """A failure that the user can understand and act on."""


class FetchError(DigestError):
    """An address could not be fetched.

    `reason` is one word for counting; `wait` is how many seconds the server asked us to wait.
    """

    def __init__(self, message: str, reason: str, wait: float = 0) -> None:
        super().__init__(message)
        self.reason = reason
        self.wait = wait


class FeedUnreadable(DigestError):
    """What the feed's address gave is not a feed."""


class PageUnread(DigestError):
    """A page was fetched but holds no article that can be read."""


class EditionError(DigestError):
    """The text of an edition is not in its shape; the message names each line."""


class RenderError(DigestError):
    """A template failed; the message names file and line."""


class UnsuitableImage(DigestError):
    """An image is missing, is none, or is too heavy for mail."""


class NotFound(DigestError):
    """What was asked for does not exist."""


class EditConflict(DigestError):
    """Two people changed the same words: `theirs` stands there now, `ours` was sent.

    `now` has what stands there field by field, where it has fields.
    """

    def __init__(
        self, what: str, theirs: str, ours: str, now: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{what} was changed meanwhile, so that yours was not stored")
        self.theirs = theirs
        self.ours = ours
        self.now = now or {}


class LoginRefused(DigestError):
    """A login is refused."""


class TooManyTries(DigestError):
    """Somebody tries too often, or too many try at once: `wait` says in how many seconds again.

    `busy` says that the fault is not theirs.
    """

    def __init__(self, message: str, wait: float, *, busy: bool = False) -> None:
        super().__init__(message)
        self.wait = wait
        self.busy = busy


class AlreadySent(DigestError):
    """The edition was sent or published: it stays as it is, and corrections say that they are."""


class NotApproved(DigestError):
    """The edition as it stands now carries no approval."""


class TransportDown(DigestError):
    """The provider was not reached and nothing was handed over."""


class SenderRefused(TransportDown):
    """The provider refuses our mail, whoever it is to; everybody not served stays queued."""


class StoreDown(DigestError):
    """The database cannot be read or written."""

    @classmethod
    def for_unreached_server(cls, cause: BaseException | None) -> "StoreDown":
        """Return what to say of a server that is not reached, with what its driver reported."""
        message = " ".join(str(cause).split())
        return cls(
            f"the database cannot be reached ({message}); run it again when it can be"
        )


class Busy(DigestError):
    """Another process is doing the same work in this folder."""


class NotYet(DigestError):
    """It is not this work's turn: `wait` says in how many seconds to try again."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class NotOnThisWorker(DigestError):
    """Another worker may have what this work needs."""


class SettingsError(Exception):
    """feeds.yaml or the environment is wrong. Holds every problem, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
