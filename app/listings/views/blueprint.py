"""The blueprint that the pages register on, and what several of them need."""

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from app.core.errors import RuleBroken
from app.listings import policies, queries
from app.listings.models import Listing
from app.web.guards import current_actor

bp = Blueprint("listings", "app.listings", template_folder="templates")

Page = str | Response | tuple[str, int]
BOTH = "<any(resources, exchange):catalogue>"  # the first part of every address: which of the two lists
ONE = f"/{BOTH}/<int:listing_id>"


def find(catalogue: str, listing_id: int) -> Listing:
    """The listing of an address. Under the other list's address it moves (308) to its own. Raises NotFound."""
    listing = queries.get(current_actor(), listing_id)
    stay_canonical(catalogue, listing)
    return listing


def stay_canonical(catalogue: str, listing: Listing) -> None:
    """Raise the move to a listing's own address when this is the other list's."""
    if listing.catalogue != catalogue:
        given: dict[str, Any] = {**request.args.to_dict(flat=False), **(request.view_args or {})}
        raise RequestRedirect(url_for(str(request.endpoint), **{**given, "catalogue": listing.catalogue}))


def to(listing: Any, page: str = "show", **more: Any) -> str:
    """The address of one of its pages; for rows as well."""
    return url_for(f"listings.{page}", catalogue=listing.catalogue, listing_id=listing.id, **more)


def require_state(listing: Listing, verb: str) -> None:
    """Refuse a page whose action the state of things forbids now. Raises RuleBroken."""
    no = policies.blocked(listing, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text)
