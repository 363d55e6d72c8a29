"""Starting up: against a process that only imports the libraries that are needed anyway."""

import statistics

import pytest

pytestmark = pytest.mark.benchmark(group="start-up")

LIBRARIES = "google.protobuf.message, google.protobuf.descriptor_pool, google.protobuf.timestamp_pb2, grpc, simpy"
TIMED = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
COMMAND = "from scenarios.cli import main; main()"


def test_import(benchmark, tell, run_python, sizes):
    took_seconds = {"simulator": [], LIBRARIES: []}

    def both():
        for modules, seconds in took_seconds.items():
            seconds.append(float(run_python(TIMED.format(modules))))

    benchmark.pedantic(both, rounds=sizes.rounds(15), warmup_rounds=1)
    ours_seconds, reference_seconds = map(statistics.median, took_seconds.values())
    assert ours_seconds > 0
    what = "times importing grpc, protobuf and simpy themselves, import simulator"
    tell(
        f"{ours_seconds / reference_seconds:.2f} {what}; {1e3 * ours_seconds:.0f} and {1e3 * reference_seconds:.0f} ms",
        what=what,
        goal="≤ 1.4",
        ratio=ours_seconds / reference_seconds,
        ours_seconds=ours_seconds,
        reference_seconds=reference_seconds,
    )


def test_run_of_a_scenario(against, run_python):
    assert "passed" in run_python(COMMAND, "run", "quickstart")
    run_python(f"import click, pydantic.main, yaml, {LIBRARIES}")
    against(
        lambda: run_python(COMMAND, "run", "quickstart"),
        lambda: run_python(f"import click, pydantic.main, yaml, {LIBRARIES}"),
        what="times a process with the imports that it needs, pds-sim run quickstart",
        goal="≤ 0.30 s",
        rounds=15,
    )
