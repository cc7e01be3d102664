"""What setting up a portal needs: the registry, the demonstration, a filled portal for measuring."""

from app.demo.services.demonstration import (
    beginning,
    give_accounts,
    has_accounts,
    has_people,
    is_demonstration,
    load,
    read_accounts,
)
from app.demo.services.filling import fill
from app.demo.services.registry import has_registry, load_registry

__all__ = [
    "beginning",
    "fill",
    "give_accounts",
    "has_accounts",
    "has_people",
    "has_registry",
    "is_demonstration",
    "load",
    "load_registry",
    "read_accounts",
]
