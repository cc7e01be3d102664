"""The ledger of give and gain: lines between institutions, confirmed by both sides, never changed but by a new line."""
