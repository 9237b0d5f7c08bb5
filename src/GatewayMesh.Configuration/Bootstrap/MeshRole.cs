namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Role of a mesh process.</summary>
public enum MeshRole
{
    /// <summary>One per host; fronts the services of the host.</summary>
    Sidecar,

    /// <summary>Two or more per cluster; takes over for any broken sidecar.</summary>
    Gateway,

    /// <summary>At the edge; public routes into the mesh.</summary>
    Ingress,
}
