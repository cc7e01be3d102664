"""Notices: what we tell whom after something happened. An inbox line always, a mail at once where it matters.

A *notice* is a line in somebody's inbox. A *mail* is a row of the outbox, written in the same transaction as the
change and sent later by the worker, in the reader's language. The words of both stand in one template,
`<feature>/mail/<what>.txt`: the first line is the subject, the last line after `->` the label of the button.
Rules: never to who did it; the reason ("because you lead ...") is always said; every mail stays in the log.
"""
