// A client in Go with stubs of its own. It creates a restore, polls it to its end, and reads the details of an error;
// it prints what it saw, a line each.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	common "github.com/portworx/portworxapis/sdk/golang/public/portworx/common/apiv1"
	restore "github.com/portworx/portworxapis/sdk/golang/public/portworx/pds/restore/apiv1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

func main() {
	target, namespace, project, backup := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	client := restore.NewRestoreServiceClient(connection)

	created, err := client.CreateRestore(context.Background(), &restore.CreateRestoreRequest{
		NamespaceId: namespace,
		ProjectId:   project,
		Restore: &restore.Restore{
			Meta:   &common.Meta{Name: "orders-copy"},
			Config: &restore.Config{SourceReferences: &restore.SourceReferences{BackupId: backup}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(poll(client, created))
	fmt.Println(violation(client))
}

func poll(client restore.RestoreServiceClient, polled *restore.Restore) restore.Phase {
	request := &restore.GetRestoreRequest{Id: polled.GetMeta().GetUid()}
	for {
		phase := polled.GetStatus().GetPhase()
		if phase == restore.Phase_SUCCESSFUL || phase == restore.Phase_FAILED {
			return phase
		}
		var err error
		if polled, err = client.GetRestore(context.Background(), request); err != nil {
			log.Fatal(err)
		}
	}
}

func violation(client restore.RestoreServiceClient) string {
	_, err := client.CreateRestore(context.Background(), &restore.CreateRestoreRequest{})
	for _, detail := range status.Convert(err).Details() {
		if request, ok := detail.(*errdetails.BadRequest); ok {
			return request.GetFieldViolations()[0].GetField()
		}
	}
	return "none"
}
