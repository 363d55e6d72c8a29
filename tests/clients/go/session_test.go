// Package client tests the simulator as a client in Go sees it, with stubs of its own. Each test has a session.
package client

import (
	"context"
	"os"
	"testing"
	"time"

	control "github.com/pds-restore-simulator/api/pds/simulator/control/v1"
	common "github.com/portworx/portworxapis/sdk/golang/public/portworx/common/apiv1"
	restore "github.com/portworx/portworxapis/sdk/golang/public/portworx/pds/restore/apiv1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/structpb"
)

// Where the server listens.
var target, baseURL = os.Getenv("PDS_SIM_GRPC"), os.Getenv("PDS_SIM_HTTP")

// session is a session of the server. Calls with its context, which names it in their metadata, reach it.
type session struct {
	*control.Session
	t       *testing.T
	ctx     context.Context
	conn    *grpc.ClientConn
	control control.ControlServiceClient
	world   *structpb.Struct
}

// newSession creates a session with manual time. It ends with the test, which fails if the session complains.
func newSession(t *testing.T, request *control.CreateSessionRequest) *session {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	conn := dial(t, target)
	client := control.NewControlServiceClient(conn)
	created, err := client.CreateSession(ctx, request)
	check(t, err)
	shown, err := client.GetWorld(ctx, &control.GetWorldRequest{Session: created.Id})
	check(t, err)
	t.Cleanup(func() {
		defer cancel()
		ended, err := client.DeleteSession(ctx, &control.DeleteSessionRequest{Session: created.Id})
		check(t, err)
		if len(ended.Complaints) > 0 {
			t.Errorf("the session complains: %v", ended.Complaints)
		}
	})
	named := metadata.AppendToOutgoingContext(ctx, "x-pds-session", created.Id)
	return &session{created, t, named, conn, client, shown.Entities}
}

func dial(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	check(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, found, expected T) {
	t.Helper()
	if found != expected {
		t.Errorf("found %v instead of %v", found, expected)
	}
}

// uid gives the uid of an entity of the world.
func (s *session) uid(kind, name string) string {
	s.t.Helper()
	uid := s.world.Fields[kind].GetStructValue().GetFields()[name].GetStructValue().GetFields()["uid"].GetStringValue()
	if uid == "" {
		s.t.Fatalf("the world has no %s among its %s", name, kind)
	}
	return uid
}

// request asks for a restore of the orders.
func (s *session) request() *restore.CreateRestoreRequest {
	return &restore.CreateRestoreRequest{
		NamespaceId: s.uid("namespaces", "shop-staging"),
		ProjectId:   s.uid("projects", "shop"),
		Restore: &restore.Restore{
			Meta:   &common.Meta{Name: "orders-copy"},
			Config: &restore.Config{SourceReferences: &restore.SourceReferences{BackupId: s.uid("backups", "orders-backup")}},
		},
	}
}

func (s *session) create() *restore.Restore {
	s.t.Helper()
	created, err := restore.NewRestoreServiceClient(s.conn).CreateRestore(s.ctx, s.request())
	check(s.t, err)
	return created
}

func (s *session) get(uid string) *restore.Restore {
	s.t.Helper()
	found, err := restore.NewRestoreServiceClient(s.conn).GetRestore(s.ctx, &restore.GetRestoreRequest{Id: uid})
	check(s.t, err)
	return found
}

// inject puts a rule into force, which has the vocabulary of scenarios.
func (s *session) inject(rule map[string]any) *control.Rule {
	s.t.Helper()
	document, err := structpb.NewStruct(rule)
	check(s.t, err)
	injected, err := s.control.InjectRule(s.ctx, &control.InjectRuleRequest{Session: s.Id, Rule: document})
	check(s.t, err)
	return injected
}

func (s *session) advanceUntilIdle() *control.AdvanceTimeResponse {
	s.t.Helper()
	request := &control.AdvanceTimeRequest{Session: s.Id, Advance: &control.AdvanceTimeRequest_UntilIdle{UntilIdle: true}}
	advanced, err := s.control.AdvanceTime(s.ctx, request)
	check(s.t, err)
	return advanced
}
