package client;

import com.google.rpc.BadRequest;
import com.portworx.common.v1.Meta;
import com.portworx.pds.restore.v1.Config;
import com.portworx.pds.restore.v1.CreateRestoreRequest;
import com.portworx.pds.restore.v1.GetRestoreRequest;
import com.portworx.pds.restore.v1.Phase;
import com.portworx.pds.restore.v1.Restore;
import com.portworx.pds.restore.v1.RestoreServiceGrpc;
import com.portworx.pds.restore.v1.SourceReferences;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/** Creates a restore, polls it to its end, and reads the details of an error; prints what it saw, a line each. */
public final class Main {
  public static void main(String[] arguments) throws Exception {
    ManagedChannel channel =
        Grpc.newChannelBuilder(arguments[0], InsecureChannelCredentials.create()).build();
    try {
      RestoreServiceGrpc.RestoreServiceBlockingStub stub = RestoreServiceGrpc.newBlockingStub(channel);
      System.out.println(poll(stub, create(stub, arguments[1], arguments[2], arguments[3])));
      System.out.println(violation(stub));
    } finally {
      channel.shutdownNow();
    }
  }

  private static Restore create(
      RestoreServiceGrpc.RestoreServiceBlockingStub stub, String namespace, String project, String backup) {
    SourceReferences source = SourceReferences.newBuilder().setBackupId(backup).build();
    Restore restore =
        Restore.newBuilder()
            .setMeta(Meta.newBuilder().setName("orders-copy"))
            .setConfig(Config.newBuilder().setSourceReferences(source))
            .build();
    return stub.createRestore(
        CreateRestoreRequest.newBuilder()
            .setNamespaceId(namespace)
            .setProjectId(project)
            .setRestore(restore)
            .build());
  }

  private static Phase poll(RestoreServiceGrpc.RestoreServiceBlockingStub stub, Restore restore) {
    GetRestoreRequest request = GetRestoreRequest.newBuilder().setId(restore.getMeta().getUid()).build();
    Phase phase = restore.getStatus().getPhase();
    while (phase != Phase.SUCCESSFUL && phase != Phase.FAILED) {
      phase = stub.getRestore(request).getStatus().getPhase();
    }
    return phase;
  }

  private static String violation(RestoreServiceGrpc.RestoreServiceBlockingStub stub) throws Exception {
    try {
      stub.createRestore(CreateRestoreRequest.getDefaultInstance());
      return "none";
    } catch (StatusRuntimeException error) {
      BadRequest details = StatusProto.fromThrowable(error).getDetails(0).unpack(BadRequest.class);
      return details.getFieldViolations(0).getField();
    }
  }
}
