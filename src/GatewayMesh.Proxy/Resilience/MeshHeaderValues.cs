using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>What a peer says of a request in the mesh's header fields.</summary>
/// <param name="Attempt">Attempts begun, this one included. Default: 1.</param>
/// <param name="Hops">Proxies passed. Default: 0.</param>
/// <param name="Timeout">Time left, or null.</param>
/// <param name="Source">The caller's service, or null.</param>
/// <param name="Destination">The called service, or null.</param>
public readonly record struct MeshHeaderValues(int Attempt, int Hops, TimeSpan? Timeout, string? Source, string? Destination)
{
    /// <summary>Of a request without any of the fields.</summary>
    public static MeshHeaderValues None => new(1, 0, null, null, null);

    /// <summary>
    /// Reads the fields that a peer sent. False when one is malformed, repeated or out of bounds: answer 400. They are written by our own
    /// proxies only (an application's are removed unread), so that a malformed one is a fault or an attack; to ignore it would undo the loop
    /// protection and the bound on retries.
    /// </summary>
    public static bool TryRead(IHeaderDictionary headers, out MeshHeaderValues values) => throw new NotImplementedException();
}
