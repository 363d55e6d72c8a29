"""The exit codes of the command line; 0 when all is well."""

EXIT_FAILED = 1
"""An expectation failed, and nothing else."""
EXIT_WRONG = 2
"""A file or an argument is wrong; nothing was run. Or the output can't be written."""
EXIT_BROKEN_PIPE = 141
"""128 and the number of the signal."""
