namespace GatewayMesh.Configuration.Listeners;

/// <summary>Kind of traffic on a listener.</summary>
public enum ListenerKind
{
    /// <summary>Requests of a local application to any service of the mesh.</summary>
    Outbound,

    /// <summary>Requests of a local application to one upstream.</summary>
    Upstream,

    /// <summary>Requests of other nodes to a local application.</summary>
    Inbound,

    /// <summary>Gateway: requests of mesh peers.</summary>
    Mesh,

    /// <summary>Gateway: connections carried by a guard, each opened by a hello.</summary>
    Tunnel,

    /// <summary>Ingress: requests from outside the mesh.</summary>
    Ingress,

    /// <summary>The guard's private probe of the data path.</summary>
    Probe,
}
