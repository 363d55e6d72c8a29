from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class PageBasedPaginationRequest(_message.Message):
    __slots__ = ("page_number", "page_size")
    PAGE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    page_number: int
    page_size: int
    def __init__(self, page_number: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class PageBasedPaginationResponse(_message.Message):
    __slots__ = ("total_records", "current_page", "page_size", "total_pages", "next_page", "prev_page")
    TOTAL_RECORDS_FIELD_NUMBER: _ClassVar[int]
    CURRENT_PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_PAGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_FIELD_NUMBER: _ClassVar[int]
    PREV_PAGE_FIELD_NUMBER: _ClassVar[int]
    total_records: int
    current_page: int
    page_size: int
    total_pages: int
    next_page: int
    prev_page: int
    def __init__(self, total_records: _Optional[int] = ..., current_page: _Optional[int] = ..., page_size: _Optional[int] = ..., total_pages: _Optional[int] = ..., next_page: _Optional[int] = ..., prev_page: _Optional[int] = ...) -> None: ...
