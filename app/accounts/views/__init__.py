"""The pages of accounts: the door, one's own account, people."""

from app.accounts.views import door, own, people
from app.accounts.views.blueprint import bp

__all__ = ["bp", "door", "own", "people"]
