"""A browser whose every request stands alone, as in production: with its own application context and database session."""

from typing import Any

from flask.testing import FlaskClient


class Browser(FlaskClient):
    """Nothing of a request stays in memory for the next one: neither who asked nor what was read."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request."""
        with self.application.app_context():
            response = super().open(*args, **kwargs)
            response.get_data()  # streamed answers read the database while they are sent
            response.close()
            return response
