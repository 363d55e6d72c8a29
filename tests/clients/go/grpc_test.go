package client

import (
	"context"
	"testing"
	"time"

	control "github.com/pds-restore-simulator/api/pds/simulator/control/v1"
	restore "github.com/portworx/portworxapis/sdk/golang/public/portworx/pds/restore/apiv1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
)

// detail gives the first detail of its type that an error has.
func detail[T any](t *testing.T, err error) T {
	t.Helper()
	for _, found := range status.Convert(err).Details() {
		if wanted, ok := found.(T); ok {
			return wanted
		}
	}
	var none T
	t.Fatalf("%v has no detail %T", err, none)
	return none
}

func count(t *testing.T, client restore.RestoreServiceClient, ctx context.Context) int {
	t.Helper()
	listed, err := client.ListRestores(ctx, &restore.ListRestoresRequest{})
	check(t, err)
	return len(listed.Restores)
}

func TestMetadataNamesTheSession(t *testing.T) {
	one, other := newSession(t, &control.CreateSessionRequest{}), newSession(t, &control.CreateSessionRequest{})
	client := restore.NewRestoreServiceClient(one.conn)

	one.create()

	equal(t, count(t, client, one.ctx), 1)
	equal(t, count(t, client, other.ctx), 0)
	unknown := metadata.AppendToOutgoingContext(context.Background(), "x-pds-session", "nobody-made-this")
	_, err := client.ListRestores(unknown, &restore.ListRestoresRequest{})
	equal(t, status.Code(err), codes.FailedPrecondition)
	equal(t, detail[*errdetails.ErrorInfo](t, err).Reason, "SESSION_UNKNOWN")
}

func TestPortOfItsOwnNamesTheSession(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{DedicatedPort: true})
	s.create()

	client := restore.NewRestoreServiceClient(dial(t, s.Target))

	equal(t, count(t, client, context.Background()), 1)
	shown, err := s.control.GetSession(s.ctx, &control.GetSessionRequest{Session: s.Id})
	check(t, err)
	equal(t, shown.Calls, 2)
}

func TestControlAPIDrivesTime(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	uid := s.create().Meta.Uid

	advanced, err := s.control.AdvanceTime(s.ctx, &control.AdvanceTimeRequest{
		Session: s.Id, Advance: &control.AdvanceTimeRequest_Duration{Duration: durationpb.New(time.Second)},
	})
	check(t, err)
	equal(t, advanced.Now.AsTime().Sub(s.Now.AsTime()), time.Second)
	equal(t, s.get(uid).Status.Phase, restore.Phase_PENDING)

	_, err = s.control.AdvanceTime(s.ctx, &control.AdvanceTimeRequest{
		Session: s.Id,
		Advance: &control.AdvanceTimeRequest_Until_{Until: &control.AdvanceTimeRequest_Until{
			Restore: "orders-copy", Phase: "SUCCESSFUL", Limit: durationpb.New(time.Hour),
		}},
	})
	check(t, err)
	equal(t, s.get(uid).Status.Phase, restore.Phase_SUCCESSFUL)

	_, err = s.control.ResetSession(s.ctx, &control.ResetSessionRequest{Session: s.Id})
	check(t, err)
	equal(t, count(t, restore.NewRestoreServiceClient(s.conn), s.ctx), 0)
}

func TestRulesRefuseCallsAndFailRestores(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	s.inject(map[string]any{"method": "CreateRestore", "times": 1, "error": map[string]any{"code": "UNAVAILABLE"}})
	s.inject(map[string]any{"phase": "PENDING", "fail": map[string]any{"error_code": "FAILED_BACKUP_CREDENTIAL_SYNC"}})

	_, err := restore.NewRestoreServiceClient(s.conn).CreateRestore(s.ctx, s.request())
	equal(t, status.Code(err), codes.Unavailable)
	uid := s.create().Meta.Uid
	s.advanceUntilIdle()

	found := s.get(uid).Status
	equal(t, found.Phase, restore.Phase_FAILED)
	equal(t, found.ErrorCode, restore.ErrorCode_FAILED_BACKUP_CREDENTIAL_SYNC)
	listed, err := s.control.ListRules(s.ctx, &control.ListRulesRequest{Session: s.Id})
	check(t, err)
	for _, rule := range listed.Rules {
		equal(t, rule.Fired, 1)
	}
	equal(t, len(listed.Rules), 2)
}

func TestGateHoldsARestoreUntilItOpens(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	rule := s.inject(map[string]any{"phase": "PENDING", "gate": map[string]any{}})
	uid := s.create().Meta.Uid

	s.advanceUntilIdle()
	equal(t, s.get(uid).Status.Phase, restore.Phase_PENDING)

	_, err := s.control.OpenGate(s.ctx, &control.OpenGateRequest{Session: s.Id, Rule: rule.Id})
	check(t, err)
	s.advanceUntilIdle()
	equal(t, s.get(uid).Status.Phase, restore.Phase_SUCCESSFUL)
}

func TestWatchGoesOnFromTheLastEventSeen(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	s.create()
	s.advanceUntilIdle()
	listed, err := s.control.ListEvents(s.ctx, &control.ListEventsRequest{Session: s.Id})
	check(t, err)

	// Each watch reads three events at most, and breaks off; the next goes on behind them.
	seen := int64(0)
	for seen < int64(len(listed.Events)) {
		watching, stop := context.WithCancel(s.ctx)
		stream, err := s.control.WatchEvents(watching, &control.WatchEventsRequest{Session: s.Id, After: seen})
		check(t, err)
		for range min(3, int64(len(listed.Events))-seen) {
			event, err := stream.Recv()
			check(t, err)
			equal(t, event.Sequence, seen+1)
			equal(t, event.String(), listed.Events[seen].String())
			seen++
		}
		stop()
	}
}

func TestErrorsHaveDetails(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	client := restore.NewRestoreServiceClient(s.conn)

	_, err := client.CreateRestore(s.ctx, &restore.CreateRestoreRequest{})
	equal(t, status.Code(err), codes.InvalidArgument)
	equal(t, detail[*errdetails.BadRequest](t, err).FieldViolations[0].Field, "namespace_id")

	_, err = client.GetRestore(s.ctx, &restore.GetRestoreRequest{Id: "rst:none"})
	equal(t, status.Code(err), codes.NotFound)
	equal(t, detail[*errdetails.ResourceInfo](t, err).ResourceName, "rst:none")

	rule, err := structpb.NewStruct(map[string]any{"metod": "CreateRestore", "times": 0})
	check(t, err)
	_, err = s.control.InjectRule(s.ctx, &control.InjectRuleRequest{Session: s.Id, Rule: rule})
	equal(t, status.Code(err), codes.InvalidArgument)
	fields := map[string]bool{}
	for _, violation := range detail[*errdetails.BadRequest](t, err).FieldViolations {
		fields[violation.Field] = true
	}
	equal(t, fields["rule.metod"] && fields["rule.times"], true)
}
