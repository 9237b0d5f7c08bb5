using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>What makes an instance the same one over reloads.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Id">Id of the instance.</param>
/// <param name="Address">Where it is dialled.</param>
public readonly record struct EndpointKey(string Service, string Id, HostPort Address)
{
    /// <summary>The key of <paramref name="model"/>.</summary>
    public static EndpointKey Of(EndpointModel model) => new(model.Service, model.Id, model.Address);
}
