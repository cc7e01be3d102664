import pytest

from tests.discussion.world import make_world


@pytest.fixture
def world(app):
    return make_world()
