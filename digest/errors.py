"""Errors: every failure that a user can meet.

DigestError              the message says what is wrong, where, and what to do; exit code 1
  FetchError             one address failed; the others continue
  FeedUnreadable         the document at a feed's address is no feed; the others continue
  PageUnread             one page has no readable article; matched on title and summary only
  HeadlineMissing        an article's page gives no headline, and nobody typed one
  EditionError           the edition's text cannot be read; names the line
  RenderError            a template cannot be rendered; names the file and line
  PictureUnfit           an image that is not fit for mail; names the file
  NotFound               no such edition, article or subscriber
  Conflict               somebody else changed the same words meanwhile; nothing was overwritten
  LoginRefused           a login is refused
  TooManyTries           too many attempts; has the seconds until the next one is allowed
  AlreadySent            an edition that was sent or published cannot be changed
  NotApproved            exactly this content is not approved
  TransportDown          nothing was handed over; safe to run again
    SenderRefused        the provider refuses all our mail until a person has fixed the cause
  Busy                   another digest is doing this already
  NotYet                 a rate limit is reached; to be tried again some seconds later
  Elsewhere              this worker lacks a workspace; another one may have it
  StoreDown              the database cannot be read or written; earlier work is kept
SettingsError            not a DigestError, so that no handler swallows it; exit code 2
"""

from collections.abc import Mapping


class DigestError(Exception):
    """A failure that the user can understand and act on."""


class FetchError(DigestError):
    """An address could not be fetched.

    `reason` is one word for counting; `wait` is how many seconds the server asked us to wait;
    `url` is the address that answered, after redirects, or "" if none did.
    """

    def __init__(
        self, message: str, reason: str, wait: float = 0, url: str = ""
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.wait = wait
        self.url = url


class FeedUnreadable(DigestError):
    """The document at a feed's address is not a feed."""


class PageUnread(DigestError):
    """A page was fetched but holds no article that can be read."""


class HeadlineMissing(DigestError):
    """An article's page gives no headline, and nobody typed one; `reason` is why it could not be read."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"{url}: {reason or 'no headline'}; give --title and --outlet"
        )
        self.reason = reason


class EditionError(DigestError):
    """The text of an edition is not in its shape; the message names each line."""


class RenderError(DigestError):
    """A template failed; the message names file and line."""


class UnsuitableImage(DigestError):
    """An image is missing, is none, or is too heavy for mail."""


class NotFound(DigestError):
    """The edition, article, subscriber or the like does not exist."""


class EditConflict(DigestError):
    """Two people changed the same words: `theirs` is stored, `ours` was not.

    `now` has the stored values by field, where there are fields.
    """

    def __init__(
        self,
        what: str,
        theirs: str,
        ours: str,
        now: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            f"{what} was changed in the meantime, so your version was not stored"
        )
        self.theirs = theirs
        self.ours = ours
        self.now = now or {}


class LoginRefused(DigestError):
    """A login is refused."""


class TooManyTries(DigestError):
    """Too many attempts by one person, or by all: `wait` is the seconds until the next.

    `busy` is true if it is not the person's fault.
    """

    def __init__(
        self, message: str, wait: float, *, busy: bool = False
    ) -> None:
        super().__init__(message)
        self.wait = wait
        self.busy = busy


class AlreadySent(DigestError):
    """The edition was sent or published, and cannot be changed; it can be corrected."""


class NotApproved(DigestError):
    """The present content of the edition is not approved."""


class TransportDown(DigestError):
    """The provider was not reached and nothing was handed over."""


class SenderRefused(TransportDown):
    """The provider refuses our mail to everybody; recipients not mailed yet stay queued."""


class StoreDown(DigestError):
    """The database cannot be read or written."""

    @classmethod
    def for_unreached_server(cls, cause: BaseException | None) -> "StoreDown":
        """Return the error for a server that is not reached, with its driver's message."""
        message = " ".join(str(cause).split())
        return cls(
            f"the database cannot be reached ({message}); run it again when it is back"
        )


class Busy(DigestError):
    """Another process is doing the same work in this folder."""


class NotYet(DigestError):
    """A rate limit is reached: `wait` is the seconds until the next try."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class NotOnThisWorker(DigestError):
    """This worker lacks what a job needs; another one may have it."""


class SettingsError(Exception):
    """feeds.yaml or the environment is wrong. Holds every problem, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
