"""Discussion on things of any kind: comments with their audience, contributors by consent, reports and moderation.

A thing comes to be discussed by registering its kind in `core.things`; the discussion asks `audiences`, `discuss`, `attach`
(who may name contributors), `told`, `audience_names` and `owner` of it. Its page at `/discussion/<kind>/<id>` then stands
already. To show the discussion on a page of the thing's own:

    # views
    from app.discussion import queries as discussion
    thread = discussion.thread(actor, "project", project, request.args.get("page"))
    return render_template("projects/discussion.html", thread=thread, ...)

    {# template: inside .ta-wrap, below the page's h1; comes with its own h2 and form #}
    {% include "discussion/_thread.html" %}

`thread` takes four statements beside those of the kind (`audiences`); it may be given the record, when the view has read it
for this actor, or the id. For an overview there is a short form of one statement, number and newest lines, which leads to
the discussion:

    glance = discussion.glance(actor, "project", project)
    {% include "discussion/_glance.html" %}      {# `discussion_url`: where it leads, `/discussion/<kind>/<id>` without #}

Who agreed to be named as contributor: `discussion.contributors(actor, kind, id, audiences)`; the thread shows them already.

Anything can be reported at `/discussion/report/<content>/<id>`: "comment", a kind of thing, or what a feature registers in
`core.reporting` ("file", "translation"). Draw the link with `{{ report_link(content, id) }}` of
"discussion/_parts.html"; it says nothing to visitors when called as
`{% if actor.is_signed_in %}{{ report_link(...) }}{% endif %}`.
"""
