using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Where a request goes: a service's instances, and who is on their other end.</summary>
/// <param name="Instances">The instances with their live state.</param>
/// <param name="Kind">Whether they are mesh peers or an application.</param>
internal readonly record struct Route(EndpointSet Instances, TargetKind Kind)
{
    /// <summary>How calls are made.</summary>
    public PolicyModel Policy => Instances.Policy;

    /// <summary>The applications speak HTTP/2.</summary>
    public bool SpeaksHttp2 => Instances.SpeaksHttp2;
}
