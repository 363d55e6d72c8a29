"""Requests of all methods of the API, built from names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from inspect import Parameter as Argument
from inspect import Signature
from typing import TYPE_CHECKING, Any, cast

from google.protobuf.message import Message

from fakes.suggestions import suggest
from simulator.api import Method
from simulator.requests.building import build, with_implied
from simulator.requests.names import uid_in, uid_of_any
from simulator.requests.parameters import METHODS_BY_VERB, PARAMETERS

if TYPE_CHECKING:
    from google.protobuf.empty_pb2 import Empty
    from typing_extensions import TypeVar

    from simulator.api import restore_pb2

    Create = TypeVar("Create", default=restore_pb2.CreateRestoreRequest)
    Get = TypeVar("Get", default=restore_pb2.GetRestoreRequest)
    List = TypeVar("List", default=restore_pb2.ListRestoresRequest)
    Recreate = TypeVar("Recreate", default=restore_pb2.RecreateRestoreRequest)
    Matrix = TypeVar("Matrix", default=Empty)
    Made = TypeVar("Made")


_OF_ONE = ("get", "delete_", "recreate")
"""Prefixes of the verbs whose first argument names a resource."""


class Requests:
    """Builds requests: one method for each method of the API, named like the steps of scenarios.

    Arguments take names, uids, entities or answers of calls: ``backup="orders-backup"``. With ``_id`` at its end, an
    argument takes any text, which is sent as it is: ``backup_id="nonsense"``. What is left out is not sent, unless it
    follows from the rest. With *as_type*, the request is of that class of your own stubs.

    Raises:
        UnknownEntity: the world has nothing of that name; the message suggests the closest.
        ValueError: an argument was left out and does not follow from the rest; the message lists its possible values.

    Args:
        world: The world whose names are used.

    Example:
        >>> from simulator import Simulator
        >>> with Simulator(listen=False) as sim:
        ...     request = sim.requests.create("copy", backup="orders-backup", namespace="shop-staging")
        ...     request.project_id == sim.uid("shop")
        True
    """

    def __init__(self, world: Any) -> None:
        self._world = world

    def create(  # noqa: PLR0913  # all but the first by name
        self,
        name: str,
        *,
        backup: object = None,
        namespace: object = None,
        project: object = None,
        description: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        backup_id: str | None = None,
        namespace_id: str | None = None,
        project_id: str | None = None,
        as_type: type[Create] | None = None,
    ) -> Create:
        """CreateRestore.

        Args:
            name: Name of the restore.
            backup: The backup to restore; left out, the only backup.
            namespace: The destination; left out, the only namespace.
            project: The project of the restore; left out, the only one of the namespace.
            description: Free text.
            labels: The labels of the restore.
            annotations: The annotations of the restore.
            backup_id: Any text to send as the identifier of the backup.
            namespace_id: Likewise.
            project_id: Likewise.
            as_type: The class of the request in your own stubs.
        """
        return self._request("create", as_type, locals())

    def get(self, restore: object = None, *, restore_id: str | None = None, as_type: type[Get] | None = None) -> Get:
        """GetRestore.

        Args:
            restore: The restore.
            restore_id: Any text to send as its identifier.
            as_type: The class of the request in your own stubs.
        """
        return self._request("get", as_type, locals())

    def list(  # noqa: PLR0913  # all by name
        self,
        *,
        tenant: object = None,
        project: object = None,
        deployment: object = None,
        backup: object = None,
        sort: Mapping[str, str] | None = None,
        page: Mapping[str, int] | None = None,
        tenant_id: str | None = None,
        project_id: str | None = None,
        deployment_id: str | None = None,
        backup_id: str | None = None,
        as_type: type[List] | None = None,
    ) -> List:
        """ListRestores.

        Args:
            tenant: Only restores of this tenant. At most one of these filters can be sent.
            project: Only restores of this project.
            deployment: Only restores from this deployment, or to it.
            backup: Only restores of this backup.
            sort: The order, such as ``{"by": "NAME", "order": "DESC"}``.
            page: The page, such as ``{"number": 1, "size": 50}``.
            tenant_id: Any text to send as the identifier of the tenant.
            project_id: Likewise.
            deployment_id: Likewise.
            backup_id: Likewise.
            as_type: The class of the request in your own stubs.
        """
        return self._request("list", as_type, locals())

    def recreate(  # noqa: PLR0913  # all but the first by name
        self,
        restore: object = None,
        *,
        name: str,
        namespace: object = None,
        project: object = None,
        restore_id: str | None = None,
        namespace_id: str | None = None,
        project_id: str | None = None,
        as_type: type[Recreate] | None = None,
    ) -> Recreate:
        """RecreateRestore.

        Args:
            restore: The failed restore.
            name: Name of the new restore.
            namespace: The destination; left out, that of the failed restore.
            project: The project of the new restore; left out, that of the failed one.
            restore_id: Any text to send as the identifier of the failed restore.
            namespace_id: Likewise.
            project_id: Likewise.
            as_type: The class of the request in your own stubs.
        """
        return self._request("recreate", as_type, locals())

    def matrix(self, *, as_type: type[Matrix] | None = None) -> Matrix:
        """GetRestorabilityMatrix."""
        return self._request("matrix", as_type, {})

    def _request(self, verb: str, as_type: type[Made] | None, given: Mapping[str, Any]) -> Made:
        """Build the request of a verb; unknown keys in *given* are ignored."""
        method, uid_of = METHODS_BY_VERB[verb], partial(uid_in, self._world)
        try:
            _require_subject(verb, method, given)
            request = build(method, with_implied(method, given, self._world, uid_of), uid_of)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{verb}(): {error}") from None
        return cast("Made", request) if as_type is None else _converted(request, as_type)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        raise AttributeError(
            f"there is no request {name!r}; {suggest(name, list(METHODS_BY_VERB))}", name=name, obj=self
        )


class Naming(ABC):
    """The methods of a simulator that take names: they find uids and build requests."""

    @property
    @abstractmethod
    def world(self) -> Any:
        """The world whose names are used."""

    def uid(self, name: str, kind: str | None = None) -> str:
        """Find the uid of what is called *name*, also that of a deleted backup or deployment.

        Args:
            name: The name; a uid stands for itself.
            kind: Such as ``"backup"`` or ``"backup_location"``; may be left out if nothing else has the name.

        Raises:
            TypeError: the name is not a text.
            UnknownEntity: nothing has the name, with the closest ones; or several things have, with their uids.
            ValueError: the kind is unknown.
        """
        with self._world_at_rest() as world:
            return uid_of_any(world, name, kind)

    def _world_at_rest(self) -> AbstractContextManager[Any]:
        """The world in a ``with`` statement; if it is in this process, nobody else changes it meanwhile."""
        return nullcontext(self.world)

    @property
    def requests(self) -> Requests:
        """Requests, built from names: ``sim.requests.create("copy", backup="orders-backup", …)``."""
        return Requests(self.world)


def _require_subject(verb: str, method: Method, given: Mapping[str, Any]) -> None:
    if verb.startswith(_OF_ONE):
        subject = PARAMETERS[method.name][0]
        if subject.collection and all(given.get(key) is None for key in subject.keys):
            raise TypeError(f"gives no {subject.key}; expected a name, a uid, an entity or the answer of a call")


def _converted(request: Message, as_type: type[Made]) -> Made:
    """The same request as a message of other stubs."""
    full_name = request.DESCRIPTOR.full_name
    found = getattr(getattr(as_type, "DESCRIPTOR", None), "full_name", full_name)
    if not isinstance(as_type, type) or not hasattr(as_type, "FromString") or found != full_name:
        raise TypeError(f"as_type is {as_type!r}; expected the class of your stubs for {full_name}")
    return cast("Made", cast(Any, as_type).FromString(request.SerializeToString()))


def _builder(verb: str, method: Method) -> Callable[..., Any]:
    """Make the method of `Requests` that builds the request of *method*."""
    keys = [key for parameter in PARAMETERS[method.name] for key in parameter.keys] + ["as_type"]

    def request(self: Requests, /, **given: Any) -> Any:
        for key in given:
            if key not in keys:
                raise TypeError(f"{verb}() takes no {key!r}; {suggest(key, keys)}")
        as_type = given.pop("as_type", None)
        return self._request(verb, as_type, given)

    request.__name__, request.__qualname__, request.__doc__ = verb, f"Requests.{verb}", f"{method.qualified_name}."
    arguments = [Argument(key, Argument.KEYWORD_ONLY, default=None) for key in keys]
    request.__signature__ = Signature([Argument("self", Argument.POSITIONAL_ONLY), *arguments])  # type: ignore[attr-defined]
    return request


for _verb, _method in METHODS_BY_VERB.items():
    if _verb not in vars(Requests):
        setattr(Requests, _verb, _builder(_verb, _method))
