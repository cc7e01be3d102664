"""The pages about the portal, open to everybody."""

from flask import current_app, render_template

from app.home import queries
from app.home.views.blueprint import bp
from app.web.guards import public


@bp.route("/about")
@public
def about() -> str:
    """What this is and where its data come from."""
    return render_template("home/about.html")


@bp.route("/help")
@public
def help_page() -> str:
    """How to do what, for each role."""
    return render_template("home/help.html", contact=current_app.config["SETTINGS"].contact)


@bp.route("/accessibility")
@public
def accessibility() -> str:
    """How far everybody can use the portal, and what is not known."""
    return render_template("home/accessibility.html", contact=current_app.config["SETTINGS"].contact)


@bp.route("/privacy")
@public
def privacy() -> str:
    """What is kept of whom, for how long, and who sees it."""
    return render_template("home/privacy.html", contact=current_app.config["SETTINGS"].contact)


@bp.route("/contact")
@public
def contact() -> str:
    """Whom to write to."""
    return render_template("home/contact.html", contact=current_app.config["SETTINGS"].contact)


@bp.route("/status")
@public
def status() -> str:
    """Whether everything works, in words."""
    return render_template("home/status.html", health=queries.health())
