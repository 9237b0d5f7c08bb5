using GatewayMesh.Client.Failover;

namespace GatewayMesh.Client;

/// <summary>
/// For retry strategies in front of the handler: whether another try makes sense. Their standard conditions work too, since the attempts of one
/// <see cref="HttpRequestMessage"/> are counted over all calls, but these spare pointless ones.
/// </summary>
public static class GatewayMeshRetries
{
    /// <summary>False for a failure that this library has already dealt with.</summary>
    public static bool MayRetry(Exception exception) => exception is not GatewayMeshException;

    /// <summary>False for an answer that the mesh itself gave (it has already been tried on every way); true for one of an application.</summary>
    public static bool MayRetry(HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return MeshAnswer.Read(response) is null;
    }
}
