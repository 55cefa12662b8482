"""The linter: what is legal in a program and still not what its author wants.

How a rule is written
---------------------
A rule is one file in `rules/`, listed by its code in `rules/__init__.py`. It declares one `RULE`, a `Rule` record:
its code and title, its page (`what` it finds, `why` that is bad, `sources`), a sample that `fails` and one that
`passes`, and `check`, a function from a `Context` to `Finding`s. `rules/unused_import.py` is a whole one.

- `check` is a generator of findings in any order; the engine sorts them, adds the code and obeys suppressions.
- It is called once a file, only where the program has no error of names or types, and never more than once for a
  state of the text. It asks the context for what it needs: `context.module` (the tree), `context.all(tree.For)`
  (every node of a kind), `context.names` (declarations and uses), `context.scanned` (tokens, comments),
  `context.networks` (each model that can be elaborated: `.graph`, `.cost`, `.memory`, `.place(node)`),
  `context.target`. Each is made once, when first asked for. A rule is linear in the size of what it looks at.
- A finding's span is in the file that is linted, as short as still shows what is meant.
- A fix is `safe(...)` where the elaborated graph stays equal, with the names of all weights; else `unsafe(...)`. Edits
  of one finding are applied together or not at all. A fix never drops a comment: offer none where one is in the way.
- Messages start small, name things in `backticks`, are one sentence without a full stop, and give the measured value
  with the limit.
"""
