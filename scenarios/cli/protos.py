"""``pds-sim protos``: the .proto files, and the commands that make stubs of them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import click
import yaml

from scenarios.cli.loading import exit_wrong

API_LIST = "api.txt"
"""Lists the .proto files of the product and of the control service, for protoc. What they import is published as a
package for each language but TypeScript."""
ALL_LIST = "all.txt"
"""Lists all .proto files."""
_API_FOLDERS = ("pds", "public")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How stubs are made for a language.

    Attributes:
        name: Its name, as people write it.
        needs: What has to be installed first: a command, or words.
        protoc: The command that runs protoc.
        options: Options of protoc; ``{out}`` stands for the folder of the stubs.
        files: The list of files to generate from.
        template: The file for ``buf generate`` with *plugins*; none without plugins.
        plugins: The plugins in it; each gets ``out``.
    """

    name: str
    needs: str
    protoc: str = "protoc"
    options: Sequence[str]
    files: str = API_LIST
    template: str = ""
    plugins: Sequence[Mapping[str, Any]] = ()

    @property
    def out(self) -> str:
        """The folder that its stubs are written to, in the working directory."""
        return f"generated/{self.name.lower()}"

    def commands(self, folder: str) -> list[str]:
        """Return the shell commands that make stubs of the .proto files in *folder*."""
        options = " ".join(self.options).format(out=self.out)
        protos, listed = shlex.quote(f"--proto_path={folder}"), shlex.quote(f"@{folder}/{self.files}")
        lines = [f"mkdir -p {self.out} && {self.protoc} {protos} {options} {listed}"]
        if self.plugins:
            chosen = "" if self.template == BUF_DEFAULT_TEMPLATE else f" --template {self.template}"
            lines.append(f"(cd {shlex.quote(folder)} && buf generate{chosen})")
        return lines


BUF_DEFAULT_TEMPLATE = "buf.gen.yaml"
_GO = "google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.10"
_GO_GRPC = "google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.5.1"
LANGUAGES = (
    Language(
        name="Go",
        needs=f"go install {_GO} && go install {_GO_GRPC}",
        options=("--go_out={out}", "--go-grpc_out={out}"),
        template=BUF_DEFAULT_TEMPLATE,
        plugins=({"local": ["go", "run", _GO]}, {"local": ["go", "run", _GO_GRPC]}),
    ),
    Language(
        name="Java",
        needs="protoc-gen-grpc-java; or let the protobuf plugin of Maven or Gradle read the folder",
        options=("--java_out={out}", "--grpc-java_out={out}"),
        template="buf.gen.java.yaml",
        plugins=({"protoc_builtin": "java"}, {"local": "protoc-gen-grpc-java"}),
    ),
    Language(
        name="TypeScript",
        needs="npm install --save-dev @bufbuild/protoc-gen-es@2",
        options=("--plugin=node_modules/.bin/protoc-gen-es", "--es_out={out}", "--es_opt=target=ts"),
        files=ALL_LIST,
        template="buf.gen.typescript.yaml",
        plugins=(
            {"local": ["npx", "--yes", "@bufbuild/protoc-gen-es@2"], "opt": ["target=ts"], "include_imports": True},
        ),
    ),
    Language(
        name="Python",
        needs="pip install grpcio-tools googleapis-common-protos",
        protoc="python3 -m grpc_tools.protoc",
        options=("--python_out={out}", "--pyi_out={out}", "--grpc_python_out={out}"),
    ),
)


@click.command()
@click.option(
    "--output",
    "-o",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False),
    help="The folder for them; it is created. Files of the same names are overwritten.",
)
def protos(output: str) -> None:
    """Write the .proto files, and print how to make stubs.

    DIR is what protoc takes as --proto_path, and a module of buf. It also gets lists of the files for protoc, and
    templates for 'buf generate'.
    """
    files = _files()
    for name, content in files.items():
        file = Path(output, name)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        except OSError as error:
            exit_wrong(f"--output {output}: {file} can't be written: {error.strerror or error}")
    click.echo(f"{output}: {sum(name.endswith('.proto') for name in files)} .proto files")
    for language in LANGUAGES:
        click.echo(f"\n{language.name}: {language.needs}")
        for command in language.commands(output):
            click.echo(f"  {command}")


def _files() -> Mapping[str, bytes]:
    """Return what is written, by path below the folder."""
    with resources.as_file(resources.files("simulator.api")) as source:
        protos = {path.relative_to(source).as_posix(): path.read_bytes() for path in sorted(source.rglob("*.proto"))}
    lists = {API_LIST: [name for name in protos if name.startswith(_API_FOLDERS)], ALL_LIST: list(protos)}
    templates: dict[str, Any] = {"buf.yaml": {"version": "v2", "modules": [{"path": "."}]}}
    for language in LANGUAGES:
        if language.plugins:
            templates[language.template] = {
                "version": "v2",
                "inputs": [{"directory": ".", "paths": list(_API_FOLDERS)}],
                "plugins": [{**plugin, "out": language.out} for plugin in language.plugins],
            }
    return (
        protos
        | {name: "".join(f"{line}\n" for line in lines).encode() for name, lines in lists.items()}
        | {name: yaml.safe_dump(document, sort_keys=False).encode() for name, document in templates.items()}
    )
