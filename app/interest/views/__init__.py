"""The pages of interests."""

from app.interest.views import answering, going_on, lists, sending
from app.interest.views.blueprint import bp

__all__ = ["answering", "bp", "going_on", "lists", "sending"]
