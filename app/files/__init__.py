"""Files on things: who added what, checked by content, counted against a quota, served so that nothing in them can act."""
