using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>A write to the client during an attempt, whose failure must not count against the instance.</summary>
internal static class ClientWrite
{
    /// <summary>Awaits a write.</summary>
    /// <exception cref="BodyFaultException">The client is gone.</exception>
    public static ValueTask CheckAsync(ValueTask write) => write.IsCompletedSuccessfully ? write : EndAsync(write);

    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    private static async ValueTask EndAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            throw new BodyFaultException(MeshErrorKind.ClientGone, "the client reads no more");
        }
    }
}
