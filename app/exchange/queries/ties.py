"""What a person can take along of their part in exchanges."""

from typing import Any

from sqlalchemy import select

from app.core import leaving
from app.core.db import db
from app.exchange.models import LEG_TEXTS, ExchangeCourse, ExchangeLeg
from app.listings.models import Listing

MOST_TO_TAKE = 10_000


@leaving.belongings("exchange_reports")
def reports_by(person_id: int) -> list[dict[str, Any]]:
    """What the person reported of technologies."""
    rows = db.session.execute(
        select(ExchangeLeg, ExchangeCourse.id, Listing.title)
        .join(ExchangeCourse, ExchangeCourse.id == ExchangeLeg.course_id)
        .join(Listing, Listing.id == ExchangeCourse.listing_id)
        .where(ExchangeLeg.reported_by_id == person_id)
        .order_by(ExchangeLeg.id)
        .limit(MOST_TO_TAKE)
    )
    return [
        {
            "exchange": f"X-{course_id:04d}",
            "technology": title,
            "report": leg.number,
            "language": leg.language,
            "reported_at": leg.reported_at.isoformat() if leg.reported_at else None,
            "conditions": leg.conditions,
            **{name: getattr(leg, name) for name in LEG_TEXTS},
        }
        for leg, course_id, title in rows
    ]
