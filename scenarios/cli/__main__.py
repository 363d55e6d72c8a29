"""``python -m scenarios.cli``: the command line where there is no ``pds-sim`` on the path."""

from pds_simulator_command import main

if __name__ == "__main__":
    main()
