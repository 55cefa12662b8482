"""The manual: a page for everything that has a name. `mnet explain` shows them, `docs/errors.md` is made of them."""
