package client

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	control "github.com/pds-restore-simulator/api/pds/simulator/control/v1"
	restore "github.com/portworx/portworxapis/sdk/golang/public/portworx/pds/restore/apiv1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// http asks for something of the session, which a header names, and gives the body of the answer.
func (s *session) http(t *testing.T, method, path, body string, expected int) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(s.ctx, method, baseURL+path, strings.NewReader(body))
	check(t, err)
	request.Header.Set("x-pds-session", s.Id)
	answer, err := http.DefaultClient.Do(request)
	check(t, err)
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	check(t, err)
	if answer.StatusCode != expected {
		t.Fatalf("%s %s: %s %s", method, path, answer.Status, content)
	}
	return content
}

// post sends a message of the generated stubs as JSON, and reads the answer into another.
func (s *session) post(path string, message, answer proto.Message) {
	s.t.Helper()
	body, err := protojson.Marshal(message)
	check(s.t, err)
	check(s.t, protojson.Unmarshal(s.http(s.t, "POST", path, string(body), 200), answer))
}

func TestJSONDrivesASessionFromItsCreationToItsEnd(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	own := "/simulator/v1/sessions/" + s.Id
	s.http(t, "POST", own+"/rules", `{"rule": {"method": "CreateRestore", "times": 1, "error": {"code": "UNAVAILABLE"}}}`, 200)
	path := "/pds/v1/namespaces/" + s.request().NamespaceId + "/restores"
	body, err := protojson.Marshal(s.request())
	check(t, err)
	s.http(t, "POST", path, string(body), 503)

	created := &restore.Restore{}
	s.post(path, s.request(), created)
	advanced := &control.AdvanceTimeResponse{}
	s.post(own+":advance", &control.AdvanceTimeRequest{Advance: &control.AdvanceTimeRequest_UntilIdle{UntilIdle: true}}, advanced)

	found := &restore.Restore{}
	// Clients that can't set a header have the session in their base URL.
	prefixed, err := http.Get(s.BaseUrl + "/pds/v1/restores/" + created.Meta.Uid)
	check(t, err)
	defer prefixed.Body.Close()
	content, err := io.ReadAll(prefixed.Body)
	check(t, err)
	check(t, protojson.Unmarshal(content, found))
	equal(t, found.Status.Phase, restore.Phase_SUCCESSFUL)
	equal(t, found.Status.CompletedAt.AsTime(), advanced.Now.AsTime())

	calls := &control.ListCallsResponse{}
	check(t, protojson.Unmarshal(s.http(t, "GET", own+"/calls", "", 200), calls))
	var seen []string
	for _, call := range calls.Calls {
		seen = append(seen, call.Method+" "+call.Code)
	}
	equal(t, strings.Join(seen, ", "), "CreateRestore UNAVAILABLE, CreateRestore OK, GetRestore OK")
}

func TestErrorsHaveDetailsInJSON(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	path := "/pds/v1/namespaces/" + s.request().NamespaceId + "/restores"

	refused := &status.Status{}
	check(t, protojson.Unmarshal(s.http(t, "POST", path, "{}", 400), refused))

	equal(t, codes.Code(refused.Code), codes.InvalidArgument)
	violations := &errdetails.BadRequest{}
	check(t, refused.Details[0].UnmarshalTo(violations))
	equal(t, violations.FieldViolations[0].Field, "project_id")
}

// sse reads events of a stream, behind the last one that was seen.
func (s *session) sse(lastSeen string, wanted int) []*control.Event {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, "GET", baseURL+"/simulator/v1/sessions/"+s.Id+"/events", nil)
	check(s.t, err)
	request.Header.Set("Accept", "text/event-stream")
	if lastSeen != "" {
		request.Header.Set("Last-Event-ID", lastSeen)
	}
	answer, err := http.DefaultClient.Do(request)
	check(s.t, err)
	defer answer.Body.Close()
	equal(s.t, answer.Header.Get("Content-Type"), "text/event-stream")
	var found []*control.Event
	for lines := bufio.NewScanner(answer.Body); len(found) < wanted && lines.Scan(); {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			event := &control.Event{}
			check(s.t, protojson.Unmarshal([]byte(data), event))
			found = append(found, event)
		}
	}
	return found
}

func TestServerSentEventsGoOnFromTheLastEventSeen(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	s.create()
	s.advanceUntilIdle()
	listed, err := s.control.ListEvents(s.ctx, &control.ListEventsRequest{Session: s.Id})
	check(t, err)

	found := s.sse("", 3)
	found = append(found, s.sse(strconv.FormatInt(found[2].Sequence, 10), len(listed.Events)-3)...)

	equal(t, len(found), len(listed.Events))
	for number, event := range found {
		if !proto.Equal(event, listed.Events[number]) {
			t.Errorf("event %d is %v instead of %v", number+1, event, listed.Events[number])
		}
	}
}
