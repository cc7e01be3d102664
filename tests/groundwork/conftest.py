"""A team of three at two institutions, whose consortium asks for the fourteen questions; the factory brings it to states."""

import pytest

from tests.teams.world import make_world


@pytest.fixture
def world(app):
    world = make_world(consortium={"groundwork_asked": True})
    world.join(world.ben)
    world.join(world.bea)
    return world
