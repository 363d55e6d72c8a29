"""Stubs as other teams have them: generated into the default descriptor pool, of this release or of a newer one.

What gRPC and Google publish for everybody is vendored: it lies at a path of the team's own, so that protobuf takes its
symbols for a second definition wherever the same ones are known already.
"""

import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

API = Path(str(files("simulator.api")))
KNOWN_FIELD = "string custom_resource_name = 3 [(google.api.field_behavior) = OUTPUT_ONLY];"
NEWER_FIELD = "string newer_field = 4;"


def generate_stubs(protos, stubs):
    subprocess.run(  # noqa: S603  # our own interpreter
        [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"--proto_path={protos}",
            f"--python_out={stubs}",
            f"--grpc_python_out={stubs}",
            *sorted(str(path.relative_to(protos)) for path in protos.rglob("*.proto")),
        ],
        check=True,
    )


@pytest.fixture(scope="session", params=["same", "newer"])
def stubs(request, tmp_path_factory):
    """A folder with stubs of the API, the newer ones with a field that the simulator does not know."""
    protos, stubs = (tmp_path_factory.mktemp(f"{request.param}-{what}") for what in ("protos", "stubs"))
    for proto in API.rglob("*.proto"):
        path = proto.relative_to(API).as_posix()
        copy = protos / (path if path.startswith("public/") else f"vendored/{path}")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(
            re.sub(r'^import "(google/(?:api|rpc)/)', r'import "vendored/\1', proto.read_text(), flags=re.MULTILINE)
        )
    if request.param == "newer":
        restore = protos / "public/portworx/pds/restore/apiv1/restore.proto"
        before = restore.read_text()
        assert before.count(KNOWN_FIELD) == 1
        restore.write_text(before.replace(KNOWN_FIELD, f"{KNOWN_FIELD}\n  {NEWER_FIELD}"))
    generate_stubs(protos, stubs)
    return stubs
