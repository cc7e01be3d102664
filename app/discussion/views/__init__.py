"""Pages of discussions and of their moderation."""

from app.discussion.views import comments, moderation, thread
from app.discussion.views.blueprint import bp

__all__ = ["bp", "comments", "moderation", "thread"]
