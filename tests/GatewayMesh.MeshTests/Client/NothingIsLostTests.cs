namespace GatewayMesh.MeshTests.Client;

/// <summary>
/// 10,000 GETs with the client library during each fault: none fails. Concurrent POSTs without a key may fail while in flight,
/// but none is executed twice.
/// </summary>
internal sealed class NothingIsLostTests : LossTest
{
    /// <inheritdoc/>
    protected override bool HasKeys => false;
}
