namespace GatewayMesh.Proxy.Routing;

/// <summary>Who is on the other end of an upstream connection.</summary>
internal enum TargetKind
{
    /// <summary>Another part of the mesh: mesh headers are set for it and believed from it.</summary>
    MeshPeer,

    /// <summary>An instance that no sidecar fronts: an application again, at an address from the snapshot.</summary>
    BareInstance,

    /// <summary>An application (or the guard's probe socket): mesh headers are kept from it.</summary>
    Application,
}
