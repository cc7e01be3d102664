"""What templates are given."""

import re

import pytest


@pytest.mark.parametrize("first", ["", "/portal"])
def test_addresses_of_icons_follow_where_the_portal_is_mounted(client, first) -> None:
    """What is made once for all pages is made once for each place."""
    for root in (first, "/other", first):
        shown = client.get("/problems", base_url=f"http://localhost{root}").get_data(as_text=True)
        icons = set(re.findall(r'"([^"]*)/static/vendor/icons\.svg', shown))
        assert icons == {root}
