"""Checks that walk through all that is kept: `flask check` runs them.

A feature marks a read with `@check("name")`; it yields a sentence for each thing that is not as it should be, in English,
for whoever runs the portal.
"""

from collections.abc import Callable, Iterable

Check = Callable[[], Iterable[str]]
CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check. Raises ValueError when its name stands twice."""

    def register(read: Check) -> Check:
        if name in CHECKS:
            raise ValueError(f"check {name} stands twice")
        CHECKS[name] = read
        return read

    return register
