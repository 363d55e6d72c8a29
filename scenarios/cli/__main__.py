"""``python -m scenarios.cli``: the command line where there is no ``pds-sim`` on the path."""

from scenarios.cli import main

if __name__ == "__main__":
    main(prog_name="pds-sim")
