"""What a demonstration offers to try the portal with: a file of real instruments for "Load many"."""

import pathlib

from flask import Blueprint, Response, current_app

from app.config import Settings
from app.core.errors import NotFound

bp = Blueprint("demo", __name__, url_prefix="/demo")
DATA = pathlib.Path(__file__).parent / "data"
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.route("/sample-instruments.<any(csv, xlsx):kind>")
def sample(kind: str) -> Response:
    """300 instruments with twelve planted faults; there only where a demonstration is loaded."""
    settings: Settings = current_app.config["SETTINGS"]
    if not (settings.instance / "demo-accounts.json").exists():
        raise NotFound
    name = f"sample-instruments.{kind}"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response((DATA / name).read_bytes(), content_type=MEDIA_TYPES[kind], headers=headers)
