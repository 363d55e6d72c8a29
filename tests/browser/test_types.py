"""The dashboard's modules keep to the types that their comments declare."""

import json
import os
import shutil
import subprocess

import pytest

from simulator.transports.rest_gateway.dashboard import ASSETS

PACKAGES = ("typescript@5.9.3", "preact@10.27.2")
INSTALL_SECONDS = 90


@pytest.fixture
def packages(tmp_path):
    """A folder in which npm has put the type checker, and the types of what is vendored."""
    npm = shutil.which("npm")
    if npm is None:
        if os.environ.get("CI"):
            pytest.fail("npm is not installed")
        pytest.skip("npm is not installed")
    install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", *PACKAGES]
    subprocess.run(install, cwd=tmp_path, check=True, timeout=INSTALL_SECONDS, capture_output=True)  # noqa: S603  # npm
    return tmp_path / "node_modules"


def test_the_type_checker_has_nothing_to_say_but_of_a_wrong_type(packages, tmp_path):
    wrong = tmp_path / "wrong.js"
    wrong.write_text(f'import {{ durationText }} from "{ASSETS}/times.js";\ndurationText("1 s");\n')
    options = {
        "extends": str(ASSETS.parent / "tsconfig.json"),
        "compilerOptions": {"paths": {name: [str(packages / name)] for name in ("preact", "preact/hooks")}},
        "include": [str(file) for file in (ASSETS / "**" / "*.js", ASSETS / "**" / "*.d.ts", wrong)],
        "exclude": [str(ASSETS / "vendor" / "*.js")],
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps(options))
    checked = subprocess.run([packages / ".bin" / "tsc"], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603  # tsc
    told = checked.stdout.splitlines()
    assert len(told) == 1, checked.stdout
    assert told[0].startswith("wrong.js(2,")
    assert "TS2345" in told[0]
