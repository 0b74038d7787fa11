"""`python -m keepfit`."""

from keepfit.cli.main import main

main()
