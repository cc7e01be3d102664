"""The registry of institutions, as it comes with the portal."""

from sqlalchemy import select

from app.core.db import db
from app.institutions.models import Institution
from app.institutions.services import SHIPPED_RELEASE, Loaded, load_ror, shipped_records


def has_registry() -> bool:
    """Whether institutions from ROR are here."""
    return db.session.scalar(select(Institution.id).where(Institution.ror.is_not(None)).limit(1)) is not None


def load_registry() -> Loaded:
    """Load the part of ROR that comes with the portal."""
    return load_ror(shipped_records(), SHIPPED_RELEASE)
