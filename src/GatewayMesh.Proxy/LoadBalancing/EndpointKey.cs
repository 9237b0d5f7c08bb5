using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>Identity of an instance across reloads.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Id">ID of the instance.</param>
/// <param name="Address">Address that is dialed.</param>
public readonly record struct EndpointKey(string Service, string Id, HostPort Address)
{
    /// <summary>Returns the key of <paramref name="model"/>.</summary>
    public static EndpointKey Of(EndpointModel model) => new(model.Service, model.Id, model.Address);
}
