namespace GatewayMesh.Configuration.Listeners;

/// <summary>What arrives on a listener.</summary>
public enum ListenerKind
{
    /// <summary>A local application's requests, to any service of the mesh.</summary>
    Outbound,

    /// <summary>A local application's requests, to one upstream.</summary>
    Upstream,

    /// <summary>Other nodes' requests to a local application.</summary>
    Inbound,

    /// <summary>Gateway: requests of mesh peers.</summary>
    Mesh,

    /// <summary>Gateway: connections that a guard carries, each opened by a hello.</summary>
    Tunnel,

    /// <summary>Ingress: requests from outside the mesh.</summary>
    Ingress,

    /// <summary>The guard's private probe of the data path.</summary>
    Probe,
}
