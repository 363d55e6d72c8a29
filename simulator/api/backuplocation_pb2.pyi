from simulator.api import annotations_pb2 as _annotations_pb2
from simulator.api import field_behavior_pb2 as _field_behavior_pb2
from simulator.api import meta_pb2 as _meta_pb2
from simulator.api import pagination_pb2 as _pagination_pb2
from simulator.api import selector_pb2 as _selector_pb2
from simulator.api import sort_pb2 as _sort_pb2
from simulator.api import cloudcredential_pb2 as _cloudcredential_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BackupLocation(_message.Message):
    __slots__ = ("meta", "config", "status")
    META_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    meta: _meta_pb2.Meta
    config: Config
    status: Status
    def __init__(self, meta: _Optional[_Union[_meta_pb2.Meta, _Mapping]] = ..., config: _Optional[_Union[Config, _Mapping]] = ..., status: _Optional[_Union[Status, _Mapping]] = ...) -> None: ...

class Config(_message.Message):
    __slots__ = ("provider", "cloud_credential_id", "azure_storage", "google_storage", "s3_storage")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    CLOUD_CREDENTIAL_ID_FIELD_NUMBER: _ClassVar[int]
    AZURE_STORAGE_FIELD_NUMBER: _ClassVar[int]
    GOOGLE_STORAGE_FIELD_NUMBER: _ClassVar[int]
    S3_STORAGE_FIELD_NUMBER: _ClassVar[int]
    provider: _cloudcredential_pb2.Provider
    cloud_credential_id: str
    azure_storage: AzureBlobStorage
    google_storage: GoogleCloudStorage
    s3_storage: S3ObjectStorage
    def __init__(self, provider: _Optional[_Union[_cloudcredential_pb2.Provider, _Mapping]] = ..., cloud_credential_id: _Optional[str] = ..., azure_storage: _Optional[_Union[AzureBlobStorage, _Mapping]] = ..., google_storage: _Optional[_Union[GoogleCloudStorage, _Mapping]] = ..., s3_storage: _Optional[_Union[S3ObjectStorage, _Mapping]] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ("validity",)
    class Validity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VALIDITY_UNSPECIFIED: _ClassVar[Status.Validity]
        VALID: _ClassVar[Status.Validity]
        INVALID: _ClassVar[Status.Validity]
        NOT_APPLICABLE: _ClassVar[Status.Validity]
    VALIDITY_UNSPECIFIED: Status.Validity
    VALID: Status.Validity
    INVALID: Status.Validity
    NOT_APPLICABLE: Status.Validity
    VALIDITY_FIELD_NUMBER: _ClassVar[int]
    validity: Status.Validity
    def __init__(self, validity: _Optional[_Union[Status.Validity, str]] = ...) -> None: ...

class AzureBlobStorage(_message.Message):
    __slots__ = ("container_name",)
    CONTAINER_NAME_FIELD_NUMBER: _ClassVar[int]
    container_name: str
    def __init__(self, container_name: _Optional[str] = ...) -> None: ...

class GoogleCloudStorage(_message.Message):
    __slots__ = ("bucket_name",)
    BUCKET_NAME_FIELD_NUMBER: _ClassVar[int]
    bucket_name: str
    def __init__(self, bucket_name: _Optional[str] = ...) -> None: ...

class S3ObjectStorage(_message.Message):
    __slots__ = ("bucket_name", "region", "endpoint")
    BUCKET_NAME_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    bucket_name: str
    region: str
    endpoint: str
    def __init__(self, bucket_name: _Optional[str] = ..., region: _Optional[str] = ..., endpoint: _Optional[str] = ...) -> None: ...

class GetBackupLocationRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class ListBackupLocationsRequest(_message.Message):
    __slots__ = ("tenant_id", "pagination", "label_selector", "field_selector", "infra_resource_selector", "resp_data", "sort")
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    LABEL_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    FIELD_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    INFRA_RESOURCE_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    RESP_DATA_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    tenant_id: str
    pagination: _pagination_pb2.PageBasedPaginationRequest
    label_selector: _selector_pb2.Selector
    field_selector: _selector_pb2.Selector
    infra_resource_selector: _selector_pb2.ResourceSelector
    resp_data: _selector_pb2.RespData
    sort: _sort_pb2.Sort
    def __init__(self, tenant_id: _Optional[str] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationRequest, _Mapping]] = ..., label_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., field_selector: _Optional[_Union[_selector_pb2.Selector, _Mapping]] = ..., infra_resource_selector: _Optional[_Union[_selector_pb2.ResourceSelector, _Mapping]] = ..., resp_data: _Optional[_Union[_selector_pb2.RespData, str]] = ..., sort: _Optional[_Union[_sort_pb2.Sort, _Mapping]] = ...) -> None: ...

class ListBackupLocationsResponse(_message.Message):
    __slots__ = ("backup_locations", "pagination")
    BACKUP_LOCATIONS_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    backup_locations: _containers.RepeatedCompositeFieldContainer[BackupLocation]
    pagination: _pagination_pb2.PageBasedPaginationResponse
    def __init__(self, backup_locations: _Optional[_Iterable[_Union[BackupLocation, _Mapping]]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageBasedPaginationResponse, _Mapping]] = ...) -> None: ...
