"""Every error of the project, as one tree.

    MedsosError
    ├── ConfigError              an office, brand, SOP or layout file is wrong
    ├── RequestError             the request for content cannot be accepted
    │   └── MaterialError        a file handed in cannot be used
    ├── FormError                an answer on a form cannot be accepted; it is asked again
    ├── DesignError              a picture cannot be rendered within its rules
    ├── NotApproved              nothing may be published: approval missing, foreign or not of these bytes
    │   └── AlreadyOut           this content has gone out before; it is neither repeated nor replaced
    ├── LedgerError              a transition that the publication's state does not allow
    │   └── LeaseHeld            somebody else is publishing this very publication now
    ├── EvidenceError            a screenshot or read-back could not be made
    │   └── BehindLogin          the page shows the post only to people who are logged in
    ├── ExportError              the evaluation tables cannot be written as asked
    ├── BrowserError             Chromium cannot be started, or did not print
    ├── NoticeError              a reminder could not be handed to the mail server or messenger
    ├── StackError               the services of an installation cannot be started, or one has stopped
    │   ├── NotStarted           nothing was started: a port, a lock or a setting stands in the way
    │   └── ServiceEnded         one service has ended that should run
    └── ChannelError             a platform refused or did not answer (contract 7)
        ├── AuthExpired          refreshable token at its end
        ├── AuthInvalid          credentials are wrong or withdrawn
        ├── PermissionMissing    the account or app lacks a right
        ├── RateLimited          wait until `retry_at`
        ├── QuotaExhausted       credits or plan used up
        ├── ContentInvalid       text or fields against the platform's rules
        │   ├── MediaInvalid     the picture or video against the platform's rules
        │   └── PostGone         the platform knows no such post, or shows it to nobody
        ├── Duplicate            the platform says it already has this
        ├── AccountBlocked       the account needs a person
        ├── NotReady             still processing; ask again
        ├── Transient            a passing fault before anything became public
        │   └── WebsiteAwaited   the website post, whose address this one carries, is not up yet
        ├── NotSupported         the platform offers no such thing through its API
        ├── Cancelled            a person gave this channel up for this content
        ├── GivenUp              the platform did not recover within the channel's deadline
        └── UnknownOutcome       the post may or may not be public; look before doing anything
            ├── NotYetKnown      not found yet; look again at `retry_at`
            └── SeveralFound     more than one post fits; a person has to decide

Messages are Indonesian, because people read them in the Airflow log or on a form. Each says what
happened, to which cycle and channel where that is known, and what to do now. No message holds a
secret: whoever raises an error passes only text that was cleaned (`channels.http.redact`).
"""

from __future__ import annotations

from datetime import datetime


class MedsosError(Exception):
    """Root of the tree; `str(error)` is a sentence in Indonesian for the person who sees it."""


class ConfigError(MedsosError):
    """A data file is wrong. Says file, line or key, and what was expected."""


class RequestError(MedsosError):
    """A request for content cannot be accepted. `problems` has one sentence per mistake.

    :param fields: the field of the request that each sentence is about; "" where it is about none, or many.
    """

    def __init__(self, problems: list[str], fields: list[str] | None = None) -> None:
        self.problems = problems
        self.fields = fields or [""] * len(problems)
        super().__init__("Permohonan belum dapat diterima:\n" + "\n".join(f"• {p}" for p in problems))


class MaterialError(RequestError):
    """A file handed in is of the wrong type, damaged or too large."""


class FormError(MedsosError):
    """An answer on a form cannot be accepted; the form is shown again with this sentence."""


class DesignError(MedsosError):
    """A picture cannot be rendered within the rules of its layout or brand."""


class NotApproved(MedsosError):
    """Publishing refused: no approval of exactly this content by an entitled person."""


class AlreadyOut(NotApproved):
    """Publishing refused: this content is out on the channel already, or may be."""


class LedgerError(MedsosError):
    """The publication's state does not allow this transition."""


class LeaseHeld(LedgerError):
    """Another worker holds the publication. `retry_at` (aware, UTC): when its lease ends if it is dead."""

    def __init__(self, message: str, *, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class EvidenceError(MedsosError):
    """A screenshot or read-back could not be made."""


class BehindLogin(EvidenceError):
    """The public does not get to see the page without an account; repeating cannot mend that."""


class ExportError(MedsosError):
    """An export that cannot be made: no such period, office or format, or too many rows for the format."""


class BrowserError(MedsosError):
    """Chromium cannot be started, or did not finish."""


class NoticeError(MedsosError):
    """A notice was not delivered.

    :param for_good: repeating cannot help, for example an address that does not exist.
    :param perhaps_sent: the answer was lost after the message had been handed over.
    """

    def __init__(self, message: str, *, for_good: bool = False, perhaps_sent: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good
        self.perhaps_sent = perhaps_sent


class StackError(MedsosError):
    """A service of the installation cannot be started or has stopped."""


class NotStarted(StackError):
    """Nothing was started: a port, a lock or a setting stands in the way."""


class ServiceEnded(StackError):
    """A service has ended that should run. `name`: which."""

    def __init__(self, message: str, *, name: str) -> None:
        super().__init__(message)
        self.name = name


class ChannelError(MedsosError):
    """A platform refused or did not answer. Classes: contract section 7.

    :param message: Indonesian sentence, free of secrets.
    :param code: the platform's own code (and subcode, joined by "/"), as text.
    :param trace_id: the platform's id for support (`fbtrace_id`, `log_id`, `x-transaction-id`).
    :param http_status: status of the answer, or None when there was none.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        trace_id: str | None = None,
        http_status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.trace_id = trace_id
        self.http_status = http_status


class AuthExpired(ChannelError):
    """The access token has ended and may be refreshed once."""


class AuthInvalid(ChannelError):
    """Credentials are wrong or withdrawn; a person must enter new ones."""


class PermissionMissing(ChannelError):
    """The account or the app lacks a right."""


class RateLimited(ChannelError):
    """Too many requests. `retry_at` is aware, UTC."""

    def __init__(self, message: str, *, retry_at: datetime, **details: object) -> None:
        super().__init__(message, **details)  # type: ignore[arg-type]
        self.retry_at = retry_at


class QuotaExhausted(ChannelError):
    """Prepaid credits or the plan are used up."""


class ContentInvalid(ChannelError):
    """Text or fields break a rule of the platform."""


class MediaInvalid(ContentInvalid):
    """The picture or video breaks a rule of the platform."""


class PostGone(ContentInvalid):
    """The platform knows no post with this id, or shows it to nobody any more."""


class Duplicate(ChannelError):
    """The platform says that it already has this content."""


class AccountBlocked(ChannelError):
    """The account is restricted; a person must act on the platform itself."""


class NotReady(ChannelError):
    """The platform is still processing."""


class Transient(ChannelError):
    """A passing fault; nothing has become public."""


class WebsiteAwaited(Transient):
    """The website post is not up yet; look again at `retry_at` (aware, UTC)."""

    def __init__(self, message: str, *, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class NotSupported(ChannelError):
    """The platform's API cannot do this at all; nothing was tried, and a person may do it in the app."""


class UnknownOutcome(ChannelError):
    """The commit was sent and no usable answer came: the post may be public."""


class NotYetKnown(UnknownOutcome):
    """The account was read and shows nothing yet. Look again at `retry_at` (aware, UTC)."""

    def __init__(self, message: str, *, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class SeveralFound(UnknownOutcome):
    """More than one post on the account fits what was sent; only a person can tell which is ours."""


class GivenUp(ChannelError):
    """The platform did not recover within the channel's deadline; nothing became public."""


class Cancelled(ChannelError):
    """A person gave this channel up for this content; start a new cycle to publish it after all."""


REFUSED_FOR_GOOD = (
    AuthInvalid,
    AuthExpired,
    PermissionMissing,
    QuotaExhausted,
    ContentInvalid,
    AccountBlocked,
)
"""A platform's refusals that repeating cannot mend; a person has to change something first."""
