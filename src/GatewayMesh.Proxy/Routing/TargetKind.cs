namespace GatewayMesh.Proxy.Routing;

/// <summary>Kind of the peer on an upstream connection.</summary>
internal enum TargetKind
{
    /// <summary>Another part of the mesh: mesh headers are sent to it and trusted from it.</summary>
    MeshPeer,

    /// <summary>An instance without a sidecar: also an application, at an address from the snapshot.</summary>
    BareInstance,

    /// <summary>An application (or the guard's probe socket): receives no mesh headers.</summary>
    Application,
}
