"""From the checked tree to the graph, and what is known about graphs free of any target.

Imports nothing: each module is imported for what it does, so that none costs another's start-up.
"""
