namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>What one process of the mesh is.</summary>
public enum MeshRole
{
    /// <summary>One a host: fronts the services of its host.</summary>
    Sidecar,

    /// <summary>Two or more a cluster: stands in for any broken sidecar.</summary>
    Gateway,

    /// <summary>At the edge: public routes into the mesh.</summary>
    Ingress,
}
