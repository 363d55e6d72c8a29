"""Whatever is asked of reflection has exactly one answer."""

from google.protobuf import descriptor_pb2
from hypothesis import given
from hypothesis import strategies as st

from simulator.api import reflection_pb2
from simulator.api.pool import POOL
from simulator.services.reflection import SERVICES, Reflection

NAMES = st.text() | st.sampled_from(
    [
        "google/api/http.proto",
        "google.protobuf.FieldOptions",
        "google.rpc.BadRequest",
        "google.rpc",
        SERVICES[0],
        f"{SERVICES[0]}.ServerReflectionInfo",
    ]
)
INT32S = st.integers(-(2**31), 2**31 - 1)
QUESTIONS = st.one_of(
    st.fixed_dictionaries({kind: NAMES})
    for kind in ("file_by_filename", "file_containing_symbol", "all_extension_numbers_of_type", "list_services")
) | st.fixed_dictionaries(
    {"file_containing_extension": st.fixed_dictionaries({"containing_type": NAMES, "extension_number": INT32S})}
)


@given(question=QUESTIONS | st.just({}))
def test_every_question_has_one_answer(question):
    request = reflection_pb2.ServerReflectionRequest(**question)

    response = Reflection(SERVICES).answer(request)

    assert response.original_request == request
    assert response.WhichOneof("message_response") is not None
    for file in response.file_descriptor_response.file_descriptor_proto:
        name = descriptor_pb2.FileDescriptorProto.FromString(file).name
        assert POOL.FindFileByName(name).serialized_pb == file
