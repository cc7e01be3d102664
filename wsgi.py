"""What a WSGI server and the `flask` command load."""

from app import create_app

application = app = create_app()
