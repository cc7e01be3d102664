"""Files on things: who added what, checked by content, counted against a quota, served so that nothing in them can act.

An `Attachment` belongs to a thing by (kind, thing id), as `core.things` knows it, and is seen by whoever sees the thing, its files
(`Kind.see_files`) and the attachment's audience. For the features above:

- a page of a thing: `files.queries.of(actor, kind, record)` (one statement) and `{% include "files/_files.html" %}` with
  `files`, `files_of` (the thing's `About`) and `may_attach` (a permission's answer).
- a comment's files carry `comment_id` beside the thing's kind and id. They are no part of the thing's own list and stand at their comment:

      with files.services.receiving(uploads, field="files") as received:      # before the transaction: [(stream, name), ...]
          with transaction():
              authorize(...)
              ...
              files.services.attach_to_comment(actor, kind, thing_id, comment.id, received, audience=comment.audience)

  `files.queries.of_comments(actor, kind, record, comment_ids)` gives {comment id: rows} in one statement, drawn by
  `{% from "files/_parts.html" import attached %}{{ attached(rows) }}`. `services.hide_with_comment(comment_id, hidden=True)` takes them
  out of sight with a moderated comment, and back; `services.remove_with_comment(actor, comment_id)` forgets them.
"""
