"""Consortia: groups of institutions that work under shared terms, run by one or more leads.

Words: an *admission* brings an institution in: asked by its representative and accepted by a lead, or offered by a
lead and accepted by its representative. A *lead* is a person. The *open consortium* exists from the start; every
verified institution may post to it without admission. Rules: administrators create a consortium and name its first
lead, never themselves; a consortium always has a lead; nobody decides their own institution's admission.
"""
