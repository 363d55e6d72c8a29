"""Lock the versions that the tests are run with, or run the tests with the newest or the lowest ones.

``README.md`` beside this file tells when to use what.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = "tests/constraints.txt"
RESOLUTIONS = {"newest": "highest", "lowest": "lowest-direct"}
"""What uv calls them; the lowest are those that pyproject.toml declares."""


def main() -> int:
    """Do what the command line says and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["lock", *RESOLUTIONS])
    what, arguments = parser.parse_known_args()
    return lock(arguments) if what.what == "lock" else run(RESOLUTIONS[what.what], arguments)


def lock(arguments: list[str]) -> int:
    """Write the lock, with the versions that it has and the newest of what it lacks; *arguments* are for uv."""
    return uv(
        "pip", "compile", "pyproject.toml", "--all-extras", "--universal", "--python-version", "3.11", "--no-annotate",
        "--custom-compile-command", f"python {Path(__file__).relative_to(ROOT)} lock", "--output-file", LOCK, "--quiet",
        *arguments,
    )  # fmt: skip


def run(resolution: str, arguments: list[str]) -> int:
    """Run the tests in an environment of their own; *arguments* are for pytest."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder, "bin", "python")
        for command in (
            ("venv", "--quiet", "--clear", "--python", sys.executable, folder),
            ("pip", "install", "--quiet", "--python", str(python), "--resolution", resolution, "-e", ".[test]"),
            ("pip", "list", "--quiet", "--python", str(python)),
        ):
            if status := uv(*command):
                return status
        # A warning of a version that nobody has locked is worth reading, but says nothing about whether it works.
        return call(str(python), "-m", "pytest", "-W", "default", *arguments)


def uv(*command: str) -> int:
    """Run uv from the environment that this runs in."""
    return call(sys.executable, "-m", "uv", *command)


def call(*command: str) -> int:
    """Run a command in the root of the checkout and return its exit code."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603  # our own commands


if __name__ == "__main__":
    sys.exit(main())
