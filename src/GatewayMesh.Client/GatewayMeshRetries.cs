using GatewayMesh.Client.Failover;

namespace GatewayMesh.Client;

/// <summary>
/// Conditions for retry strategies above the handler. A strategy's standard conditions work too, because the attempts of one
/// <see cref="HttpRequestMessage"/> are counted across all calls, but these conditions avoid pointless retries.
/// </summary>
public static class GatewayMeshRetries
{
    /// <summary>False for a failure that this library has already retried.</summary>
    public static bool MayRetry(Exception exception) => exception is not GatewayMeshException;

    /// <summary>
    /// False for an answer of the mesh itself, which was already tried on every target; true for an application's answer.
    /// </summary>
    public static bool MayRetry(HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return MeshAnswer.Read(response) is null;
    }
}
