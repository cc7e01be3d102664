"""Goes through the portal as one person would who opens every link, and keeps what was answered."""

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask.testing import FlaskClient

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
CONTROLS = {"input", "select", "textarea"}
LINK = re.compile(r'<a\s[^>]*?\bhref="([^"]*)"')
WITHOUT_LABEL = {"hidden", "submit", "button", "image", "reset"}


@dataclass
class Node:
    """An element: name, attributes, the words inside, the element around it."""

    name: str
    attributes: dict[str, str]
    parent: "Node | None" = None
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words inside, alternative texts of pictures included."""
        return re.sub(r"\s+", " ", " ".join(self.words)).strip()

    def within(self, name: str) -> "Node | None":
        """The nearest element of this name around it, or itself."""
        node: Node | None = self
        while node is not None and node.name != name:
            node = node.parent
        return node


class Reading(HTMLParser):
    """The elements of a page, in order. Much faster than building a tree, and enough for what is asked here."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[Node] = []
        self._open: list[Node] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; it stays open until its end tag."""
        node = Node(tag, {name: value or "" for name, value in attrs}, self._open[-1] if self._open else None)
        self.nodes.append(node)
        if tag == "img" and node.attributes.get("alt"):
            self.handle_data(node.attributes["alt"])
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that closes itself (drawings)."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest open element of this name."""
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at].name == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        """Words belong to every element around them."""
        if data.strip():
            for node in self._open:
                node.words.append(data)

    def all(self, *names: str) -> list[Node]:
        """The elements of these names."""
        return [node for node in self.nodes if node.name in names]


@dataclass
class Form:
    """A form as it stands on a page: where it goes, its fields with what they hold and may hold."""

    page: str
    action: str
    method: str
    fields: list[Node]

    def values(self) -> dict[str, list[str]]:
        """What could be sent: what stands there, and something fitting where a field is empty."""
        given: dict[str, list[str]] = {}
        for node in self.fields:
            name, kind = node.attributes.get("name"), node.attributes.get("type", "text").lower()
            if not name or (node.name == "input" and kind in {"submit", "button", "image", "reset", "file"}):
                continue
            if node.name == "button":
                continue
            if kind in {"radio", "checkbox"} and name in given:
                continue
            given[name] = [_something_for(node, kind)]
        return given


def _something_for(node: Node, kind: str) -> str:
    attributes = node.attributes
    if node.name == "select":
        return attributes.get("data-first", "")
    if attributes.get("value"):
        return attributes["value"]
    if node.name == "textarea":
        return node.text or "A few plain words."
    fitting = {"email": "somebody@elsewhere.example", "number": attributes.get("min") or "3", "date": "2027-06-01",
               "url": "https://elsewhere.example/", "password": "harbour lantern seventeen", "checkbox": "on"}  # fmt: skip
    if attributes.get("inputmode") == "numeric":
        return "3"
    return fitting.get(kind, "A few plain words")


@dataclass
class Answer:
    """What came back for an address."""

    path: str
    status: int
    headers: dict[str, str]
    body: str
    statements: int = 0
    linked: list[str] = field(default_factory=list)
    _reading: Reading | None = None

    @property
    def is_page(self) -> bool:
        """Whether it is HTML with something to read."""
        return self.headers.get("Content-Type", "").startswith("text/html") and self.status not in range(
            300, 400
        )

    @property
    def reading(self) -> Reading:
        """Its elements."""
        if self._reading is None:
            self._reading = Reading(self.body)
        return self._reading

    def forget(self) -> None:
        """Keep the words, not the elements: they take a hundred times the room."""
        self._reading = None

    def links(self) -> list[str]:
        """Addresses of ours that it links to, without fragments. Without its elements, which take ten times as long."""
        base = self.path.partition("?")[0]
        found = (
            _resolved(base if href[:1] != "/" else "/", unescape(href)) for href in LINK.findall(self.body)
        )
        return [local for local in found if local]

    def forms(self) -> list[Form]:
        """Its forms."""
        forms: list[Form] = []
        for form in self.reading.all("form"):
            inside = [
                node for node in self.reading.nodes
                if node.name in {*CONTROLS, "button"}
                and (node.within("form") is form or node.attributes.get("form") == form.attributes.get("id", "-"))
            ]  # fmt: skip
            for node in inside:
                if node.name == "select":
                    _note_option(self.reading, node)
            action = urljoin(self.path, form.attributes.get("action") or self.path)
            forms.append(Form(self.path, action, form.attributes.get("method", "get").lower(), inside))
        return forms


def _note_option(reading: Reading, select: Node) -> None:
    options = [node for node in reading.all("option") if node.within("select") is select]
    values = [node.attributes.get("value", node.text) for node in options]
    chosen = [node.attributes.get("value", "") for node in options if "selected" in node.attributes]
    select.attributes["data-first"] = next((value for value in [*chosen, *values] if value), "")


@cache
def _resolved(base: str, href: str) -> str | None:
    return local_path(base, href)


def local_path(base: str, href: str) -> str | None:
    """The address without fragment if it is on this site, else None."""
    if not href or href.startswith(("#", "mailto:", "tel:", "data:")):
        return None
    target = urlsplit(urljoin("http://localhost" + base, href))
    if target.scheme not in {"http", "https"} or target.netloc != "localhost":
        return None
    return target.path + (f"?{target.query}" if target.query else "")


@cache
def without_language(path: str) -> str:
    """The address without `lang`."""
    parts = urlsplit(path)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    return parts.path + (f"?{urlencode(kept)}" if kept else "")


def fetch(client: FlaskClient, path: str, statements: list[str] | None = None, **kwargs: Any) -> Answer:
    """Ask for one address; counts the statements if a list of them is given."""
    before = len(statements) if statements is not None else 0
    response = client.get(path, **kwargs)
    body = response.get_data().decode(errors="replace")  # a spreadsheet is no text
    response.close()  # a file that was handed over
    after = len(statements) if statements is not None else 0
    return Answer(path, response.status_code, dict(response.headers), body, after - before)


def crawl(
    client: FlaskClient,
    seeds: Iterable[str],
    *,
    statements: list[str] | None = None,
    most_queries: int = 4,
    most: int = 900,
) -> dict[str, Answer]:
    """Everything that can be opened from the seeds: address → answer. At most `most_queries` queries of one path."""
    waiting = deque(dict.fromkeys(seeds))
    found: dict[str, Answer] = {}
    queries: Counter[str] = Counter()
    while waiting and len(found) < most:
        path = waiting.popleft()
        if path in found:
            continue
        answer = found[path] = fetch(client, path, statements)
        if answer.is_page:
            answer.linked = answer.links()
            answer.forget()
        following = answer.linked if answer.status == 200 else []
        if answer.status in {301, 302, 303, 307, 308}:
            following = [local_path(path, answer.headers["Location"]) or path]
        for link in map(without_language, following):
            bare = link.partition("?")[0]
            if link in found or bare.startswith("/static/"):
                continue
            if "?" in link:
                queries[bare] += 1
                if queries[bare] > most_queries:
                    continue
            waiting.append(link)
    return found
