package client

import (
	"context"
	"strings"
	"testing"

	control "github.com/pds-restore-simulator/api/pds/simulator/control/v1"
	common "github.com/portworx/portworxapis/sdk/golang/public/portworx/common/apiv1"
	backup "github.com/portworx/portworxapis/sdk/golang/public/portworx/pds/backup/apiv1"
	deployment "github.com/portworx/portworxapis/sdk/golang/public/portworx/pds/dataservicedeployment/apiv1"
	location "github.com/portworx/portworxapis/sdk/golang/public/portworx/platform/backuplocation/apiv1"
	namespace "github.com/portworx/portworxapis/sdk/golang/public/portworx/platform/namespace/apiv1"
	project "github.com/portworx/portworxapis/sdk/golang/public/portworx/platform/project/apiv1"
	cluster "github.com/portworx/portworxapis/sdk/golang/public/portworx/platform/targetcluster/apiv1"
	tenant "github.com/portworx/portworxapis/sdk/golang/public/portworx/platform/tenant/apiv1"
	whoami "github.com/portworx/portworxapis/sdk/golang/public/portworx/platform/whoami/apiv1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// read is one read of a service around a restore: how it goes over gRPC, and its path over HTTP.
type read struct {
	name, path string
	ask        func() (proto.Message, error)
	expected   string // the names of what is read, in the order of the answer
}

// over makes the call of a generated client ready to be made.
func over[Q, A proto.Message](s *session, call func(context.Context, Q, ...grpc.CallOption) (A, error), request Q) func() (proto.Message, error) {
	return func() (proto.Message, error) { return call(s.ctx, request) }
}

func (s *session) reads() []read {
	id, tenantID := s.uid, s.uid("tenants", "acme-engineering")
	backups, deployments := backup.NewBackupServiceClient(s.conn), deployment.NewDataServiceDeploymentServiceClient(s.conn)
	namespaces, projects := namespace.NewNamespaceServiceClient(s.conn), project.NewProjectServiceClient(s.conn)
	clusters, tenants := cluster.NewTargetClusterServiceClient(s.conn), tenant.NewTenantServiceClient(s.conn)
	locations, accounts := location.NewBackupLocationServiceClient(s.conn), whoami.NewWhoAmIServiceClient(s.conn)
	byName := &common.Sort{SortBy: common.SortBy_NAME, SortOrder: common.SortOrder_DESC}
	ofOrders := &backup.ListBackupsRequest_DataServiceDeploymentId{DataServiceDeploymentId: id("deployments", "orders")}
	all := "?sort.sortBy=NAME&sort.sortOrder=DESC&tenantId=" + tenantID
	return []read{
		{
			"GetBackup", "/pds/v1/backups/" + id("backups", "orders-backup"),
			over(s, backups.GetBackup, &backup.GetBackupRequest{Id: id("backups", "orders-backup")}), "orders-backup",
		},
		{
			"ListBackups", "/pds/v1/backups?sort.sortBy=NAME&sort.sortOrder=DESC&dataServiceDeploymentId=" + id("deployments", "orders"),
			over(s, backups.ListBackups, &backup.ListBackupsRequest{ListBy: ofOrders, Sort: byName}),
			"orders-running-backup orders-legacy-backup orders-backup",
		},
		{
			"GetDataServiceDeployment", "/pds/v1/dataServiceDeployments/" + id("deployments", "orders"),
			over(s, deployments.GetDataServiceDeployment, &deployment.GetDataServiceDeploymentRequest{Id: id("deployments", "orders")}), "orders",
		},
		{
			"ListDataServiceDeployments", "/pds/v1/dataServiceDeployments" + all,
			over(s, deployments.ListDataServiceDeployments, &deployment.ListDataServiceDeploymentsRequest{TenantId: tenantID, Sort: byName}),
			"orders-copy orders events carts",
		},
		{
			"ListNamespaces", "/core/v1/namespaces" + all,
			over(s, namespaces.ListNamespaces, &namespace.ListNamespacesRequest{TenantId: tenantID, Sort: byName}),
			"shop-staging shop-prod analytics-prod",
		},
		{
			"GetProject", "/core/v1/projects/" + id("projects", "shop"),
			over(s, projects.GetProject, &project.GetProjectRequest{ProjectId: id("projects", "shop")}), "shop",
		},
		{
			"ListProjects", "/core/v1/projects" + all,
			over(s, projects.ListProjects, &project.ListProjectsRequest{TenantId: tenantID, Sort: byName}), "shop analytics",
		},
		{
			"GetTargetCluster", "/core/v1/clusters/" + id("clusters", "east"),
			over(s, clusters.GetTargetCluster, &cluster.GetTargetClusterRequest{Id: id("clusters", "east")}), "east",
		},
		{
			"ListTargetClusters", "/core/v1/clusters" + all,
			over(s, clusters.ListTargetClusters, &cluster.ListTargetClustersRequest{TenantId: tenantID, Sort: byName}), "west east",
		},
		{
			"GetTenant", "/core/v1/tenants/" + tenantID,
			over(s, tenants.GetTenant, &tenant.GetTenantRequest{TenantId: tenantID}), "acme-engineering",
		},
		{"ListTenants", "/core/v1/tenants", over(s, tenants.ListTenants, &tenant.ListTenantsRequest{}), "acme-engineering"},
		{
			"GetBackupLocation", "/core/v1/backupLocations/" + id("backup_locations", "vault"),
			over(s, locations.GetBackupLocation, &location.GetBackupLocationRequest{Id: id("backup_locations", "vault")}), "vault",
		},
		{
			"ListBackupLocations", "/core/v1/backupLocations" + all,
			over(s, locations.ListBackupLocations, &location.ListBackupLocationsRequest{TenantId: tenantID, Sort: byName}), "vault",
		},
		{"WhoAmI", "/core/v1/whoami", over(s, accounts.WhoAmI, &emptypb.Empty{}), "acme"},
	}
}

// names of the resources in an answer.
func names(answer proto.Message) string {
	var found []string
	switch a := answer.(type) {
	case interface{ GetMeta() *common.Meta }:
		return a.GetMeta().Name
	case *backup.ListBackupsResponse:
		found = metaNames(a.Backups)
	case *deployment.ListDataServiceDeploymentsResponse:
		found = metaNames(a.DataServiceDeployments)
	case *namespace.ListNamespacesResponse:
		found = metaNames(a.Namespaces)
	case *project.ListProjectsResponse:
		found = metaNames(a.Projects)
	case *cluster.ListTargetClustersResponse:
		found = metaNames(a.Clusters)
	case *tenant.ListTenantsResponse:
		found = metaNames(a.Tenants)
	case *location.ListBackupLocationsResponse:
		found = metaNames(a.BackupLocations)
	case *whoami.WhoAmIResponse:
		for _, account := range a.Accounts {
			found = append(found, account.Name)
		}
	}
	return strings.Join(found, " ")
}

func metaNames[R interface{ GetMeta() *common.Meta }](resources []R) []string {
	var found []string
	for _, resource := range resources {
		found = append(found, resource.GetMeta().Name)
	}
	return found
}

func TestEveryServiceReadsTheSameOverGRPCAndHTTP(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	s.create()
	for _, read := range s.reads() {
		t.Run(read.name, func(t *testing.T) {
			answer, err := read.ask()
			check(t, err)
			equal(t, names(answer), read.expected)

			overHTTP := proto.Clone(answer)
			proto.Reset(overHTTP)
			check(t, protojson.Unmarshal(s.http(t, "GET", read.path, "", 200), overHTTP))
			if !proto.Equal(overHTTP, answer) {
				t.Errorf("HTTP has %v, gRPC %v", overHTTP, answer)
			}
		})
	}
}

func TestSelectorsNarrowLists(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	listed, err := namespace.NewNamespaceServiceClient(s.conn).ListNamespaces(s.ctx, &namespace.ListNamespacesRequest{
		TenantId: s.uid("tenants", "acme-engineering"),
		FieldSelector: &common.Selector{Filters: []*common.Selector_Filter{
			{Key: "meta.name", Op: common.Selector_LIKE, Values: []string{"shop"}},
		}},
	})
	check(t, err)
	equal(t, names(listed), "shop-prod shop-staging")
}

func TestRestoredDeploymentFollowsItsRestore(t *testing.T) {
	s := newSession(t, &control.CreateSessionRequest{})
	created := s.create()
	request := &deployment.GetDataServiceDeploymentRequest{Id: created.Config.DestinationReferences.DataServiceDeploymentId}
	deployments := deployment.NewDataServiceDeploymentServiceClient(s.conn)

	found, err := deployments.GetDataServiceDeployment(s.ctx, request)
	check(t, err)
	equal(t, found.Status.Phase, deployment.Status_RESTORING)
	equal(t, found.Config.References.RestoreId, created.Meta.Uid)
	s.advanceUntilIdle()
	found, err = deployments.GetDataServiceDeployment(s.ctx, request)
	check(t, err)
	equal(t, found.Status.Phase, deployment.Status_DEPLOYED)

	_, err = deployments.DeleteDataServiceDeployment(s.ctx, &deployment.DeleteDataServiceDeploymentRequest{Id: request.Id})
	check(t, err)
	backups := backup.NewBackupServiceClient(s.conn)
	_, err = backups.DeleteBackup(s.ctx, &backup.DeleteBackupRequest{Id: s.uid("backups", "orders-backup")})
	check(t, err)
	_, err = backups.GetBackup(s.ctx, &backup.GetBackupRequest{Id: s.uid("backups", "orders-backup")})
	equal(t, status.Code(err), codes.NotFound)
}
