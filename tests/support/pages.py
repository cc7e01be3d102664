"""A page as a reader without scripts has it: read it, follow its links, fill and send its forms.

page = Page.get(client, "/sign-up")
page = page.submit({"email": "a@b.example", ...}, button="Create my account")   # follows the redirect
assert "Check your mail" in page.h1
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient
from lxml import html as markup


def _text(node: Any) -> str:
    return re.sub(r"\s+", " ", "".join(node.itertext())).strip()


@dataclass
class Page:
    """An answer, parsed."""

    client: FlaskClient
    path: str
    status: int
    headers: dict[str, str]
    html: str
    redirects: list[str] = field(default_factory=list)

    @cached_property
    def tree(self) -> Any:
        """Its elements. Whether the markup is without fault is asked once a page, in tests/house."""
        return markup.document_fromstring(self.html, markup.HTMLParser(remove_comments=True))

    @classmethod
    def get(cls, client: FlaskClient, path: str, **kwargs: Any) -> "Page":
        """Fetch a page, following redirects."""
        return cls._of(client, client.get(path, **kwargs), path)

    @classmethod
    def _of(cls, client: FlaskClient, response: Any, path: str) -> "Page":
        redirects = []
        while response.status_code in {301, 302, 303, 307, 308}:
            path = urljoin(path, response.headers["Location"])
            redirects.append(path)
            response = client.get(path)
        return cls(
            client,
            path,
            response.status_code,
            dict(response.headers),
            response.get_data(as_text=True),
            redirects,
        )

    @property
    def h1(self) -> str:
        """The words of the one h1."""
        return _text(next(self.tree.iter("h1")))

    @property
    def title(self) -> str:
        """The title of the page."""
        return _text(next(self.tree.iter("title")))

    @property
    def text(self) -> str:
        """All that is read on the page."""
        return _text(next(self.tree.iter("body")))

    @property
    def errors(self) -> list[str]:
        """The lines of the error summary."""
        boxes = [node for node in self.tree.iter("div") if "ta-errors" in (node.get("class") or "")]
        return [_text(item) for box in boxes for item in box.iter("li")]

    def links(self) -> dict[str, str]:
        """Words of a link → its address (the first of each)."""
        found: dict[str, str] = {}
        for node in self.tree.iter("a"):
            if node.get("href"):
                found.setdefault(_text(node), str(node.get("href")))
        return found

    def follow(self, words: str) -> "Page":
        """Open the link with these words (or that contains them)."""
        links = self.links()
        target = links.get(words) or next((href for name, href in links.items() if words in name), None)
        assert target, f"no link “{words}” on {self.path}: {sorted(links)}"
        return Page.get(self.client, urljoin(self.path, target))

    def forms(self) -> list[Any]:
        """The form elements."""
        return list(self.tree.iter("form"))

    def form_with(self, button: str | None) -> Any:
        """The form that has this button (by words, name or testid); without, the only POST form in main."""
        for form in self.forms():
            for node in form.iter("button"):
                if button and button in {
                    _text(node),
                    node.get("data-testid"),
                    node.get("name"),
                    node.get("value"),
                }:
                    return form, node
        main = next(self.tree.iter("main"))
        own = [form for form in main.iter("form") if (form.get("method") or "get").lower() == "post"]
        assert button is None, f"no button “{button}” on {self.path}"
        assert len(own) == 1, f"{len(own)} forms on {self.path}: name a button"
        return own[0], next(iter(own[0].iter("button")), None)

    def values(self, form: Any) -> list[tuple[str, str]]:
        """What a browser would send of a form as it stands."""
        pairs: list[tuple[str, str]] = []
        for node in form.iter("input"):
            kind = (node.get("type") or "text").lower()
            ticked = kind not in {"checkbox", "radio"} or node.get("checked") is not None
            if node.get("name") and kind not in {"submit", "button", "file"} and ticked:
                pairs.append((node.get("name"), node.get("value") or ("on" if kind == "checkbox" else "")))
        pairs += [(node.get("name"), (node.text or "").removeprefix("\n")) for node in form.iter("textarea")]
        for node in form.iter("select"):
            options = list(node.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None]
            if not chosen and node.get("multiple") is None:
                chosen = options[:1]
            pairs += [(node.get("name"), option.get("value", _text(option))) for option in chosen]
        return [(name, value) for name, value in pairs if name]

    def submit(self, data: dict[str, Any] | None = None, button: str | None = None) -> "Page":
        """Fill in `data` (a list for several values, None to leave out, (stream, name) for a file), press the button, follow the redirect."""
        form, pressed = self.form_with(button)
        given = data or {}
        pairs: list[tuple[str, Any]] = [
            (name, value) for name, value in self.values(form) if name not in given
        ]
        for name, value in given.items():
            known = any(node.get("name") == name for node in form.iter() if isinstance(node.tag, str))
            assert known, f"the form on {self.path} has no field “{name}”"
            values = value if isinstance(value, list) else [value]
            pairs += [
                (name, one if isinstance(one, tuple) else str(one)) for one in values if one is not None
            ]
        if pressed is not None and pressed.get("name"):
            pairs.append((pressed.get("name"), pressed.get("value") or ""))
        target = (
            (pressed.get("formaction") if pressed is not None else None) or form.get("action") or self.path
        )
        target = urljoin(self.path, target)
        payload: dict[str, list[Any]] = {}
        for name, value in pairs:
            payload.setdefault(name, []).append(value)
        if (form.get("method") or "get").lower() == "get":
            return Page._of(self.client, self.client.get(target, query_string=payload), target)
        return Page._of(self.client, self.client.post(target, data=payload), target)
