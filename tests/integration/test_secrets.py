"""What proves who a caller is can be found nowhere afterwards: not in records, not in what is shown, not in logs."""

import gc
import logging
from contextlib import suppress

import grpc
import pytest

from scenarios.cli import main
from simulator import Simulator, Token, default_world
from simulator.api import restore_pb2

SECRET = "hush-1a2b3c"  # noqa: S105  # it is none
METADATA = (
    ("authorization", f"Bearer {SECRET}"),
    ("cookie", f"session={SECRET}"),
    ("x-api-key", SECRET),
    ("x-whatever", SECRET),
    ("trace", "7"),
)
ANYTHING = restore_pb2.ListRestoresRequest()


class Broken:
    name = "broken"

    def around(self, call, proceed, firing):  # noqa: ARG002  # so effects are called
        secret = dict(call.metadata)["authorization"]
        raise ZeroDivisionError(len(secret))


@pytest.fixture
def guarded():
    world = default_world()
    object.__setattr__(world, "tokens", (Token("ci", secret=SECRET, projects=(world.projects[0].uid,)),))
    with Simulator(world=world, strict=False) as simulator:
        yield simulator


def call_in_every_way(stub, channel):
    stub.ListRestores(ANYTHING, metadata=METADATA)
    for method, request in ((stub.GetRestore, restore_pb2.GetRestoreRequest(id="rst:x")), (stub.GetRestore, None)):
        with pytest.raises(grpc.RpcError):
            method(request or restore_pb2.GetRestoreRequest(id="rst:y"), metadata=METADATA)
    with pytest.raises(grpc.RpcError):
        channel.unary_unary("/no/method")(b"", metadata=METADATA)
    with pytest.raises(grpc.RpcError):
        stub.ListRestores(ANYTHING, metadata=(("authorization", f"Bearer {SECRET}2"),))


def test_no_record_holds_a_secret(guarded, open_stub, open_channel, caplog):
    caplog.set_level(logging.DEBUG)
    guarded.inject(Broken(), method="GetRestore", times=1)
    call_in_every_way(open_stub(guarded), open_channel(guarded))
    gc.collect()

    told = [
        *map(repr, guarded.calls),
        guarded.timeline.to_json_lines(),
        *map(repr, guarded.errors),
        repr(guarded.world.tokens),
        caplog.text,
    ]
    assert not [text for text in told if SECRET in text]
    assert ("trace", "7") in guarded.calls[0].metadata
    assert dict(guarded.calls[0].metadata)["authorization"] == "Bearer [redacted]"
    assert len(guarded.calls) == 5


def test_an_error_that_is_kept_keeps_no_variables(guarded, open_stub):
    guarded.inject(Broken(), method="ListRestores", times=1)
    with pytest.raises(grpc.RpcError):
        open_stub(guarded).ListRestores(ANYTHING, metadata=METADATA)

    [error] = guarded.errors
    frames = []
    step = error.__traceback__
    while step is not None:
        frames.append(step.tb_frame)
        step = step.tb_next
    assert frames
    assert [frame.f_locals for frame in frames] == [{}] * len(frames)


SCENARIO = f"""
version: 1
world:
  tokens:
    ci: {{secret: {SECRET}, projects: [shop], account: acme}}
steps:
  - create: {{name: copy, backup: orders-backup, namespace: shop-prod, project: shop, bearer: "{SECRET}-wrong"}}
"""


def test_no_report_of_a_scenario_shows_a_secret(tmp_path, capsys):
    file = tmp_path / "guarded.yaml"
    file.write_text(SCENARIO)
    reports = tmp_path / "reports"
    reports.mkdir()
    options = ["--junit", reports / "j.xml", "--json", reports / "j.json", "--html", reports, "--timeline", reports]
    for verb in (["check"], ["run", "-v", *options], ["explain"], ["timeline"], ["world", "--scenario"]):
        with suppress(SystemExit):
            main([*map(str, (*verb, file))], standalone_mode=False)

    told = capsys.readouterr()
    shown = [told.out, told.err, *(report.read_text() for report in reports.rglob("*") if report.is_file())]
    assert "bearer: …}" in told.out
    assert len(shown) > 5
    assert not [text for text in shown if SECRET in text]


@pytest.mark.parametrize(
    ("secret", "message"),
    [("4711", "is …; expected a text; in quotes, it is one"), ('"47 11"', "expected printable ASCII without spaces")],
)
def test_a_wrong_secret_is_not_shown(tmp_path, capsys, secret, message):
    file = tmp_path / "guarded.yaml"
    file.write_text(f"version: 1\nworld: {{tokens: {{ci: {{secret: {secret}}}}}}}\n")
    with suppress(SystemExit):
        main(["check", str(file)], standalone_mode=False)

    told = capsys.readouterr()
    assert message in told.out + told.err
    assert "47" not in (told.out + told.err).replace(str(file), "")
