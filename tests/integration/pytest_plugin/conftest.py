"""What tests of the plugin use: pytest in a folder of its own, with the plugin as its entry point would load it."""

import pytest

# Loaded before pytester takes note of what is: each run would load it anew, and PyYAML does not stand that.
import scenarios.pytest_plugin.failure_report
import scenarios.pytest_plugin.scenario_file  # noqa: F401

ARGUMENTS = ("-p", "pds_simulator_pytest", "--strict-markers")


@pytest.fixture
def run_pytest(pytester, monkeypatch):
    """Runs pytest with a test module, scenarios and other files, by name, in the same process."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others take time, and ours may be installed or not

    def run(test="", *arguments, files=None):
        if test:
            pytester.makepyfile(test)
        for name, text in (files or {}).items():
            file = pytester.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return pytester.runpytest_inprocess(*ARGUMENTS, *arguments)

    return run
