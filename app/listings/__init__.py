"""Offers and needs: what an institution gives, or seeks; two directions of one record, the listing."""
