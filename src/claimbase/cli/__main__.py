"""``python -m claimbase.cli``: the command line without its script."""

from claimbase.cli import main

main()
