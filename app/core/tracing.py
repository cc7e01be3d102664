"""The id of the request (or job run) at hand: on error pages, in the log and in the audit."""

from contextvars import ContextVar

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
