"""`python -m mnet` is `mnet`."""

from .cli import main

main(prog_name="mnet")
