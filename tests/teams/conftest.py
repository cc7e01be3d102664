import pytest

from tests.teams.world import make_world


@pytest.fixture
def world(app):
    return make_world()
