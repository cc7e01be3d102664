"""What templates may use by name: sentences, dates, permissions, addresses. Nothing here reads the database."""

import hashlib
import os
import pathlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for
from jinja2 import Template
from markupsafe import Markup

from app.core import access, i18n, once, quantities, text, vocab
from app.core.things import About
from app.core.waiting import Waiting
from app.web.guards import current_actor
from app.web.i18n import other_languages

# An entry of a menu: endpoint, label, and the path prefix below which it is current or the permission it needs.
Entry = tuple[str, Any, str | None]
_STATIC = pathlib.Path(__file__).parent.parent / "static"


@lru_cache(maxsize=256)
def _content_hash(path: str, _changed: float) -> str:
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()[:10]


def static_url(name: str) -> str:
    """The address of a static file, with its content's hash so that it can be kept for long."""
    file = f"{_STATIC}/{name}"
    try:
        stamp = _content_hash(file, os.stat(file).st_mtime)  # noqa: PTH116 - a dozen on each page: a path object costs more than the rest
    except OSError:
        stamp = "missing"
    return _static_url(name, stamp, request.root_path)


@lru_cache(maxsize=256)
def _static_url(name: str, stamp: str, _root: str) -> str:
    return url_for("static", filename=name, v=stamp)


# A list shows the same rows to everybody, and putting one into HTML takes longer than reading it: what a macro made of
# the same values in the same language, time zone and place is kept.


def kept(macro: Callable[..., Markup], *values: Any) -> Markup:
    """What a macro makes of values that can be hashed; it may read nothing else that differs from page to page."""
    fields = getattr(values[0], "_fields", None)
    return _made(macro, (i18n.get_locale(), i18n.zone_name(), request.root_path, fields), values)


@lru_cache(maxsize=2000)
def _made(macro: Callable[..., Markup], _reader: tuple[Any, ...], values: tuple[Any, ...]) -> Markup:
    return macro(*values)


def kept_each(macro: Callable[..., Markup], rows: Iterable[Sequence[Any]], *values: Any) -> Markup:
    """All that `kept` gives for each of the rows: the macro gets the values and then the row's."""
    reader = (i18n.get_locale(), i18n.zone_name(), request.root_path, None)
    made = "".join([_made(macro, reader, (*values, *row)) for row in rows])
    return Markup(made)  # noqa: S704 # nosec B704 - what macros made, escaped there


def waiting_rows(rows: Iterable[Waiting]) -> Markup:
    """Things that wait, each in the words of its feature."""
    reader = (i18n.get_locale(), i18n.zone_name(), request.root_path)
    made = "".join([_waiting_row(row, number == 0, reader) for number, row in enumerate(rows)])
    return Markup(made)  # noqa: S704 # nosec B704 - templates' own output, escaped there


@lru_cache(maxsize=1000)
def _waiting_row(row: Waiting, is_first: bool, _reader: tuple[str, ...]) -> Markup:
    names = [f"{row.feature}/_waiting.html", "home/_waiting.html"]
    template = current_app.jinja_env.select_template(names)
    text_ = template.render(row=row, primary=is_first, is_first=is_first)
    return Markup(text_)  # noqa: S704 # nosec B704 - a template's own output, escaped there


def way_to(about: About) -> list[tuple[str, str]]:
    """The way up from a page about a thing, for breadcrumbs: the list of its kind, then itself; its menu entry is marked."""
    g.place = about.path
    menus: dict[str, Any] = current_app.jinja_env.globals
    lists = [entry for name in ("main_nav", "footer_nav") for entry in menus[name]()]
    up = [(entry["label"], entry["url"]) for entry in lists if about.path.startswith(f"{entry['url']}/")]
    return [*up, (f"{about.number} {about.title}", about.path)]


def _menu(entries: Sequence[Entry]) -> Callable[[], list[dict[str, Any]]]:
    @lru_cache(maxsize=16)
    def named(_locale: str, _root: str) -> list[tuple[str, str, str, bool]]:
        rows = ((url_for(endpoint), str(label), condition or "") for endpoint, label, condition in entries)
        return [(url, label, condition, condition.startswith("/")) for url, label, condition in rows]

    def shown() -> list[dict[str, Any]]:
        found = []
        path = request.path
        here = g.get("place", path)
        for url, label, condition, is_prefix in named(i18n.get_locale(), request.root_path):
            if condition and not is_prefix and not _can(condition):
                continue
            current = here.startswith(condition) if is_prefix else path == url
            found.append({"label": label, "url": url, "current": current})
        return found

    return shown


def _can(name: str, *things: Any) -> access.Answer:
    return access.can(name, current_actor(), *things)


def _why_not(name: str, *things: Any) -> str:
    answer = access.can(name, current_actor(), *things)
    return str(answer.text) if isinstance(answer, access.No) else ""


def _country(code: str) -> str:
    return vocab.country_name(code, i18n.get_locale())


def _language(code: str) -> str:
    return vocab.language_name(code, i18n.get_locale())


def _sdg(code: str) -> str:
    return vocab.sdg_label(code, i18n.get_locale())


def _field(code: str) -> str:
    return vocab.field_label(code, i18n.get_locale())


def _kind(code: str) -> str:
    kind = vocab.KINDS.get(code)
    return str(kind.label) if kind else code


def bdi(value: Any) -> Markup:
    """A name or code set apart from the direction of the text around it."""
    return Markup("<bdi>{}</bdi>").format(value)


class _Template(Template):
    """A template that is imported is made once: no page brings names of its own into what it imports.

    Jinja compares all names of the importing page with its own at each import, some hundred times for a page. What is made
    may hold addresses of static files, which depend on where the portal is mounted and on nothing else.
    """

    def _get_default_module(self, ctx: Any = None) -> Any:  # noqa: ARG002 - Jinja's signature
        made: dict[str, Any] = self.__dict__.setdefault("_made", {})
        root = request.root_path if has_request_context() else ""
        if root not in made:
            made[root] = self.make_module()
        return made[root]


def init_app(app: Flask, is_demo: bool, menus: Mapping[str, Sequence[Entry]]) -> None:
    """Give templates their names; `menus` are the same for everyone but for what needs a permission."""
    env = app.jinja_env
    env.template_class = _Template
    env.add_extension("jinja2.ext.i18n")
    env.add_extension("jinja2.ext.do")
    # The plural form is handed over unfilled: Jinja fills in the facts, escaped.
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        i18n.gettext, i18n.plural_form, newstyle=True, pgettext=i18n.pgettext
    )
    env.trim_blocks = env.lstrip_blocks = True
    # {% trans %} over several lines is one sentence; tools/catalogues.py extracts it so.
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(
        can=_can,
        why_not=_why_not,
        static_url=static_url,
        other_languages=other_languages,
        text_dir=i18n.text_dir,
        fmt_date=i18n.fmt_date,
        fmt_datetime=i18n.fmt_datetime,
        fmt_since=i18n.fmt_since,
        fmt_number=i18n.fmt_number,
        fmt_list=i18n.fmt_list,
        fmt_size=i18n.fmt_size,
        country_name=_country,
        language_name=_language,
        language_dir=vocab.language_dir,
        sdg_label=_sdg,
        field_label=_field,
        kind_label=_kind,
        quantity=quantities.amount,
        kept=kept,
        kept_each=kept_each,
        waiting_rows=waiting_rows,
        is_demo=is_demo,
        once_key=once.new_key,
        **{name: _menu(entries) for name, entries in menus.items()},
    )
    env.filters.update(
        markdown=text.render_markdown,
        excerpt=text.excerpt,
        bdi=bdi,
        initials=text.initials,
        sdg_name=_sdg,
        field_name=_field,
    )

    @app.context_processor
    def _now() -> dict[str, Any]:
        return {"locale": i18n.get_locale(), "actor": current_actor()}
