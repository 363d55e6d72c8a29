"""``pds-sim protos``: the commands that it prints make stubs, as they stand there, with protoc and with buf."""

import platform
import re
from importlib.resources import files
from pathlib import Path, PurePosixPath

import pytest

from simulator.api.pool import POOL

CLIENTS = Path(__file__).parent
MACHINES = {"aarch64": "aarch_64", "arm64": "aarch_64"}
SYSTEMS = {"Darwin": "osx", "Linux": "linux"}

pytestmark = pytest.mark.timeout(900)  # the first run of a machine downloads plugins


def from_maven(group, name, version):
    """The lines that get a program as Maven's plugins for protoc do, for who has it from elsewhere."""
    [number] = re.findall(rf"<{version}>(.+)</{version}>", (CLIENTS / "java" / "pom.xml").read_text())
    system = f"{SYSTEMS.get(platform.system())}-{MACHINES.get(platform.machine(), platform.machine())}"
    copy = "mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -DoutputDirectory=bin"
    return [f"{copy} -Dartifact={group}:{name}:{number}:exe:{system}", f"install bin/{name}-{number}-*.exe bin/{name}"]


JAVA = [
    *from_maven("io.grpc", "protoc-gen-grpc-java", "grpc.version"),
    *from_maven("com.google.protobuf", "protoc", "protobuf.version"),
]


def listed(folder, name):
    return (folder / name).read_text(encoding="utf-8").split()


def names_in(folder):
    return {path.name for path in folder.rglob("*") if path.is_file()}


def stems(file):
    return {PurePosixPath(file.name).stem}


def services(file):
    return set(file.services_by_name)


@pytest.mark.parametrize(
    ("language", "tools", "stub", "stubs_of"),
    [
        ("Go", None, "{}.pb.go", stems),
        ("Java", JAVA, "{}Grpc.java", services),
        ("TypeScript", None, "{}_pb.ts", stems),
        ("Python", [], "{}_pb2.py", stems),
    ],
)
def test_the_commands_for_a_language_make_its_stubs(protos, shell, tmp_path, language, tools, stub, stubs_of):
    folder, languages = protos
    needs, *commands = languages[language]
    (tmp_path / "include").symlink_to(str(files("grpc_tools") / "_proto"))  # where protoc has Google's own

    for line in [*([needs] if tools is None else tools), *commands]:
        shell(line, tmp_path, GOBIN=tmp_path / "bin", npm_config_prefer_offline="true")

    expected = {stub.format(name) for path in listed(folder, "api.txt") for name in stubs_of(POOL.FindFileByName(path))}
    by_protoc, by_buf = (names_in(place / "generated" / language.lower()) for place in (tmp_path, folder))
    assert expected <= by_protoc
    assert not by_buf or expected <= by_buf <= by_protoc
    assert bool(by_buf) == any("buf generate" in command for command in commands)


def test_the_lists_name_each_file_once(protos):
    folder, _ = protos
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*.proto")}
    every, api = listed(folder, "all.txt"), listed(folder, "api.txt")

    assert set(every) == {POOL.FindFileByName(name).name for name in written}
    assert api == [name for name in every if name.startswith(("pds/", "public/"))]
    assert len(set(every)) == len(every) > len(api) > 0
