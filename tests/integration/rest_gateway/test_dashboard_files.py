"""The HTTP port serves the dashboard: its page, its files, and what keeps other content out of it."""

import re
from pathlib import Path

import pytest

from simulator.transports.rest_gateway.dashboard import ASSETS

TRANSFERRED_BYTES_MAX = 300 * 1024
LOADED = sorted(
    file.relative_to(ASSETS).as_posix()
    for file in ASSETS.rglob("*")
    if file.suffix in {".js", ".css"} and file.name != "report.js"
)


@pytest.fixture
def http_client(shared):
    client, _ = shared
    return client


def test_the_page_is_at_the_root(http_client):
    answer = http_client.ask("GET", "/")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b'src="dashboard/app.js"' in answer.content


@pytest.mark.parametrize("path", ["/", "/dashboard/app.js", "/dashboard/look.css"])
def test_the_page_takes_nothing_from_elsewhere(http_client, path):
    headers = http_client.ask("GET", path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"


def test_all_that_is_loaded_stays_small(http_client):
    total = len(http_client.ask("GET", "/").content)
    for name in LOADED:
        answer = http_client.ask("GET", f"/dashboard/{name}")
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/javascript" if name.endswith("js") else "text/css")
        total += len(answer.content)
    assert total <= TRANSFERRED_BYTES_MAX


def imported_by(file: Path) -> set[Path]:
    """The modules that one imports, and those that they import."""
    names = re.findall(r'^import .* from "(\.[^"]+)";$', file.read_text(encoding="utf-8"), re.MULTILINE)
    found = {(file.parent / name).resolve() for name in names}
    return found.union(*map(imported_by, found))


def test_the_page_asks_for_all_modules_at_once():
    page = (ASSETS / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'<link rel="modulepreload" href="dashboard/([^"]+)">', page)
    assert named == sorted(file.relative_to(ASSETS).as_posix() for file in imported_by(ASSETS / "app.js"))


def test_every_import_is_of_a_file_that_is_there():
    for file in ASSETS.rglob("*.js"):
        for name in re.findall(r'^import .* from "(\.[^"]+)";$', file.read_text(encoding="utf-8"), re.MULTILINE):
            assert (file.parent / name).resolve().is_file(), f"{file.name} imports {name}"


@pytest.mark.parametrize("path", ["/dashboard/../app.py", "/dashboard/%2e%2e/embedding.py", "/dashboard/nothing.js"])
def test_nothing_else_of_the_package_is_served(http_client, path):
    assert http_client.ask("GET", path).status == 404


def test_a_request_for_another_host_gets_no_page(http_client):
    assert http_client.ask("GET", "/", headers={"Host": "elsewhere.example"}).status == 403


def test_the_licences_of_what_is_vendored_are_there():
    assert "MIT" in Path(ASSETS, "vendor", "ORIGIN.txt").read_text(encoding="utf-8")
    assert Path(ASSETS, "vendor", "LICENSE").is_file()
