"""What can go wrong, as the field sees it: each with a code, a sentence, and facts for the page."""

from typing import Any

from app.core.i18n import LazyText, _l

Words = str | LazyText


class DomainError(Exception):
    """Something that was asked cannot be. `code` is stable, for machines; `text` is a sentence, for people."""

    status = 400
    code = "bad_request"

    def __init__(self, code: str | None = None, text: Words | None = None, **facts: Any) -> None:
        self.code = code or self.code
        self.text: Words = text if text is not None else _l("This cannot be done.")
        self.facts = facts
        super().__init__(f"{self.code}: {self.text}")


class NotFound(DomainError):
    """There is no such thing, or the person may not know of it: the same answer for both."""

    status, code = 404, "not_found"

    def __init__(self, code: str | None = None, text: Words | None = None, **facts: Any) -> None:
        super().__init__(code, text or _l("There is nothing here that you can see."), **facts)


class NotAllowed(DomainError):
    """The person sees it but may not do this."""

    status, code = 403, "not_allowed"


class RuleBroken(DomainError):
    """The person may do this, but not now: the state of things says no."""

    status, code = 409, "rule_broken"


class Conflict(DomainError):
    """Somebody else changed it in the meantime. Facts may carry what the other did."""

    status, code = 409, "changed_meanwhile"

    def __init__(self, code: str | None = None, text: Words | None = None, **facts: Any) -> None:
        super().__init__(
            code,
            text or _l("Somebody changed this while you were looking at it. Nothing of yours was saved."),
            **facts,
        )


class SentTwice(Conflict):
    """The same was done already, by this form or by somebody faster."""

    def __init__(self) -> None:
        super().__init__(
            "already_there", _l("Somebody was faster, or this was sent twice. It was done once.")
        )


class Invalid(DomainError):
    """What was typed cannot be kept. `fields` maps a form field to its sentence; views show it beside the field."""

    status, code = 422, "invalid"

    def __init__(self, fields: dict[str, Words], code: str | None = None) -> None:
        super().__init__(code, _l("Some of what you typed needs mending."))
        self.fields = fields


class TooMany(DomainError):
    """Too many tries. `retry_after` is in seconds."""

    status, code = 429, "too_many_tries"

    def __init__(self, retry_after: int, text: Words | None = None) -> None:
        super().__init__(None, text or _l("Too many tries. Wait a little, then try again."))
        self.retry_after = retry_after
