"""A server with its dashboard, and pages of it in the system's Chromium."""

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from scenarios.loading.setups import read_setup
from scenarios.recording import write_scenario
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup
from simulator.transports import rest_gateway

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MILLISECONDS = 30_000
"""Much more than anything takes, for a machine that does much else. No test waits so long for what comes."""

IMPATIENT_BROWSER = ("--no-sandbox", "--disable-dev-shm-usage")
"""Chromium refuses to run as root with its sandbox, and containers have little shared memory."""


def pytest_collection_modifyitems(items):
    """Let the whole folder be run alone, with ``-m browser``."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser():
    """A browser, for a module only: as long as it is there, nothing else in the process can run an event loop."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail(f"no browser is installed; expected one of {', '.join(BROWSERS)}")
        pytest.skip("no browser is installed")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        launched = playwright.chromium.launch(
            executable_path=executable, args=[*IMPATIENT_BROWSER], timeout=2 * PATIENCE_MILLISECONDS
        )
        yield launched
        launched.close()


@dataclass
class Served:
    """A server of sessions, and where its HTTP port is."""

    server: SimulatorServer
    url: str
    stop: Callable[[], None] = lambda: None

    @property
    def session(self):
        """The session that is called default."""
        return self.server.default

    def create(self, name, namespace="shop-staging", backup="orders-backup", session="default"):
        """Create a restore as a client does."""
        world = self.server.sessions.get(session).session.world
        request = restore_pb2.CreateRestoreRequest(
            namespace_id=world.namespaces[namespace].uid,
            project_id=world.projects["shop"].uid,
            restore={
                "meta": {"name": name},
                "config": {"source_references": {"backup_id": world.backups[backup].uid}},
            },
        )
        with self.server.channel() as channel:
            metadata = [("x-pds-session", session)]
            return RestoreServiceStub(channel).CreateRestore(request, metadata=metadata, timeout=20)

    def get(self, uid, session="default"):
        """Ask for a restore as a client does."""
        with self.server.channel() as channel:
            request = restore_pb2.GetRestoreRequest(id=uid)
            return RestoreServiceStub(channel).GetRestore(request, metadata=[("x-pds-session", session)], timeout=20)


def serving_http(server: SimulatorServer, port: int = 0):
    """Serve a server's calls over HTTP; at the end of the ``with`` statement they are cut off."""
    address = rest_gateway.OwnAddress("127.0.0.1")
    return rest_gateway.serving_http(server.channel(), address, port=port, more=server.descriptors)


@contextmanager
def serving(port=0, *, clock="manual", **options):
    """Serve on a port until the ``with`` statement ends."""
    addresses = {}
    setup = SessionSetup(clock=clock, strict=False)
    with ExitStack() as stack:
        server = stack.enter_context(
            SimulatorServer(
                setup,
                read_scenario=read_setup,
                write_scenario=write_scenario,
                base_url=lambda: addresses["http"],
                **options,
            )
        )
        addresses["http"] = url = stack.enter_context(serving_http(server, port))
        yield Served(server, url)


@pytest.fixture
def serve():
    """Serves, with options of the server, until the test ends."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(serving(**options))


@pytest.fixture
def serving_until_stopped():
    """Serves until the test ends, or calls ``stop``."""
    with ExitStack() as all_servers:

        def serve(**options):
            one = all_servers.enter_context(ExitStack())
            served = one.enter_context(serving(**options))
            served.stop = one.close
            return served

        yield serve


@pytest.fixture
def serve_http():
    """Serves a server's calls over HTTP as long as a ``with`` statement lasts."""
    return serving_http


@pytest.fixture
def served(serve):
    """A server whose session ``default`` has a manual clock."""
    return serve()


@dataclass
class Troubles:
    """What a page has complained of."""

    told: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.told.append(str(error)))
        page.on("console", lambda message: self.told.append(message.text) if message.type == "error" else None)

    def expect(self, *texts: str) -> None:
        """Let pass, at whatever time they come, those that a test brings about."""
        self.expected += texts

    @property
    def unexpected(self) -> list[str]:
        return [told for told in self.told if not any(text in told for text in self.expected)]


@pytest.fixture
def troubles():
    return Troubles()


@pytest.fixture
def open_page(browser: Browser, troubles):
    """Opens the dashboard of a server; at the end no page may have complained of anything."""
    with ExitStack() as stack:

        def open_it(served: Served, session: str = "default", **options) -> Page:
            context = browser.new_context(
                viewport={"width": 1280, "height": 900},
                permissions=["clipboard-read", "clipboard-write"],
                **options,
            )
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MILLISECONDS)
            page = context.new_page()
            troubles.watch(page)
            page.goto(f"{served.url}/#{session}")
            return page

        yield open_it
    assert not troubles.unexpected


@pytest.fixture
def page(served, open_page):
    """The dashboard of the session ``default``, connected."""
    opened = open_page(served)
    expect(opened.get_by_role("status").filter(has_text="connected")).to_be_visible()
    return opened
