"""Converts values of the world to messages of the API, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from google.protobuf.message import Message

from fakes import Restore, RestoreSpec
from fakes.history.listing import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, ListBy, ListQuery, Page, SortBy
from fakes.world.restorability import RestorabilityMatrix
from simulator.api import pagination_pb2, restore_pb2, sort_pb2

PARENT_TYPE = "namespace"
PARENT_VERSION = "v1"

_LIST_BY: Mapping[str | None, ListBy | None] = {
    None: None,
    "tenant_id": ListBy.TENANT,
    "project_id": ListBy.PROJECT,
    "data_service_deployment_id": ListBy.DEPLOYMENT,
    "backup_id": ListBy.BACKUP,
}

_SORT_BY: Mapping[int, SortBy | None] = {
    sort_pb2.SortBy.FIELD_UNSPECIFIED: None,
    sort_pb2.SortBy.NAME: SortBy.NAME,
    sort_pb2.SortBy.CREATED_AT: SortBy.CREATED_AT,
    sort_pb2.SortBy.UPDATED_AT: SortBy.UPDATED_AT,
    sort_pb2.SortBy.PHASE: SortBy.PHASE,
}


def to_spec(request: restore_pb2.CreateRestoreRequest) -> RestoreSpec:
    """Read what the caller asks for; output-only fields are ignored."""
    restore = request.restore
    return RestoreSpec(
        name=restore.meta.name,
        namespace=request.namespace_id,
        project=request.project_id,
        backup=restore.config.source_references.backup_id,
        description=restore.meta.description,
        labels=dict(restore.meta.labels),
        annotations=dict(restore.meta.annotations),
        unknown_fields=unknown_fields(restore),
    )


def unknown_fields(message: Message) -> bytes:
    """Return the unknown fields of *message*, at any depth, as the bytes of a message of its type.

    A newer client sends fields that this release of the API does not have; they are kept and sent back.
    """
    rest = type(message)()
    rest.CopyFrom(message)
    rest.DiscardUnknownFields()
    if rest.ByteSize() == message.ByteSize():
        return b""
    rest.CopyFrom(message)
    _clear_known_fields(rest)
    return rest.SerializeToString()


def _clear_known_fields(message: Message) -> None:
    for field, value in message.ListFields():
        if field.message_type is None or field.is_repeated:
            message.ClearField(field.name)
            continue
        _clear_known_fields(value)
        if not value.ByteSize():
            message.ClearField(field.name)


def to_query(request: restore_pb2.ListRestoresRequest) -> ListQuery:
    """Read which page of which list is wanted. An empty identifier means that the filter is not set."""
    chosen = request.WhichOneof("list_by")
    uid = getattr(request, chosen) if chosen else ""
    return replace(to_page_query(request), list_by=_LIST_BY[chosen] if uid else None, uid=uid)


def to_page_query(request: Any) -> ListQuery:
    """Read which page is wanted, and in which order."""
    return ListQuery(
        sort_by=_SORT_BY[request.sort.sort_by],
        descending=request.sort.sort_order == sort_pb2.SortOrder.DESC,
        page_number=request.pagination.page_number or 1,
        page_size=min(request.pagination.page_size or PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX),
    )


def to_restore(restore: Restore) -> restore_pb2.Restore:
    """Write a restore as it is now."""
    message = restore_pb2.Restore.FromString(restore.spec.unknown_fields)
    _write_meta(restore, message)
    _write_config(restore, message.config)
    _write_status(restore, message.status)
    return message


def _write_meta(restore: Restore, message: restore_pb2.Restore) -> None:
    status, order, meta = restore.status, restore.spec, message.meta
    meta.uid = restore.uid
    meta.name = order.name
    meta.description = order.description
    meta.resource_version = str(status.revision)
    meta.create_time.FromMicroseconds(restore.created_at_microseconds)
    meta.update_time.FromMicroseconds(status.updated_at_microseconds)
    meta.labels.update(order.labels)
    meta.annotations.update(order.annotations)
    meta.parent_reference.type = PARENT_TYPE
    meta.parent_reference.version = PARENT_VERSION
    meta.parent_reference.uid = order.namespace
    meta.resource_names.update(restore.resource_names)


def _write_config(restore: Restore, config: restore_pb2.Config) -> None:
    config.custom_resource_name = restore.custom_resource_name
    source = config.source_references
    source.data_service_deployment_id = restore.source_deployment
    source.backup_id = restore.spec.backup
    source.backup_location_id = restore.backup_location
    source.cloudsnap_id = restore.cloudsnap
    destination = config.destination_references
    destination.target_cluster_id = restore.cluster
    destination.data_service_deployment_id = restore.deployment
    destination.project_id = restore.spec.project


def _write_status(restore: Restore, message: restore_pb2.Status) -> None:
    status = restore.status
    message.phase = status.phase  # type: ignore[assignment]  # the numbers are the API's
    if status.started_at_microseconds is not None:
        message.started_at.FromMicroseconds(status.started_at_microseconds)
    if status.completed_at_microseconds is not None:
        message.completed_at.FromMicroseconds(status.completed_at_microseconds)
    if status.error_code is not None:
        message.error_code = status.error_code  # type: ignore[assignment]  # the numbers are the API's
        message.error_message = status.error_message
    if status.reached_cluster:
        message.custom_resource_name = restore.custom_resource_name


def to_list_response(page: Page) -> restore_pb2.ListRestoresResponse:
    """Write one page of restores, without the restores."""
    return restore_pb2.ListRestoresResponse(pagination=to_pagination(page))


def to_pagination(page: Page) -> pagination_pb2.PageBasedPaginationResponse:
    """Write which page of a list it is, and its neighbours."""
    return pagination_pb2.PageBasedPaginationResponse(
        total_records=page.total_records,
        current_page=page.page_number,
        page_size=page.page_size,
        total_pages=page.total_pages,
        next_page=-1 if page.next_page is None else page.next_page,
        prev_page=-1 if page.previous_page is None else page.previous_page,
    )


def to_matrix(matrix: RestorabilityMatrix) -> restore_pb2.RestorabilityMatrix:
    """Write the restorability matrix."""
    message = restore_pb2.RestorabilityMatrix()
    for data_service, conditions in matrix.items():
        listed = message.conditions[data_service].conditions
        for condition in conditions:
            listed.add(backup=condition.backup, image=condition.image)
    return message
