namespace GatewayMesh.MeshTests.Client;

/// <summary>
/// The same faults while each POST has an idempotency key, which the client library creates: no POST fails either, and none is executed
/// twice. 3,000 POSTs each, or as many as <c>MESH_TESTS_POSTS</c> says: <c>./build.sh posts</c> sends 10,000.
/// </summary>
internal sealed class NothingIsLostWithKeysTests : LossTest
{
    /// <inheritdoc/>
    protected override bool HasKeys => true;
}
