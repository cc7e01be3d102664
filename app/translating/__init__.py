"""Translations by the community: a text of a thing (problem, listing, project) in another language.

Words: the *original* is the text that the thing's people wrote; a *translation* is proposed by somebody who reads both
languages, checked by somebody else who speaks the original, shown to readers of its language and credited to both.
Rules: nobody checks their own; one accepted translation per thing and language, a newer one supersedes it and the credit
of both stays; when the original changes, the fields concerned are marked outdated and go on being shown.

What features above do with it:

- They register their kind with `texts`, `localise` and, best, `keepers` (`core.things.Kind`), and mix `Localised` into the
  record. `texts(record)` gives `{name: Field}`, first the title, then the summary; names are stable ("statement",
  "needs_2"), empty texts are left out. `localise(thing_id, language, texts or None)` calls
  `translating.services.keep_localised(Model, thing_id, language, texts)` and puts the words into the index anew.
- Whenever the text, language, state or visibility of a thing changed they call, in the same transaction and with everything
  flushed, `translating.services.source_changed("listing", thing_id, texts)`; `texts` may be left out, then the kind is
  asked. It marks what is outdated and keeps the queue of what is wanted (public things only).
- Where they put words into the index they add `*translating.queries.words("listing", thing_id)`: the accepted texts.
- Their page asks `shown = translating.queries.shown(actor, "listing", record, request.args.get("in") or get_locale(),
  original="original" in request.args)` (no statement, or one), shows `{% set t = shown.text("title", record.title) %}` as
  `<h1 dir="auto" lang="{{ t.language }}">{{ t.text }}</h1>`, and includes `translating/_note.html` (variable `shown`).
- Their lists select `*translating.queries.localised_columns(Model, locale)` in place of title, summary and language
  (labels `title`, `summary`, `language`); a record already read gives the same by `localised_row(record, locale)`.
- CSV and JSON carry the original, its language and `languages_of(record.localised)`: the languages it can be read in.
"""
