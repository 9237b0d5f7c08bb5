namespace GatewayMesh.Client.Routes;

/// <summary>What carries a request into the mesh.</summary>
internal enum Tier
{
    /// <summary>The local sidecar, or the guard that stands in at its address.</summary>
    Sidecar,

    /// <summary>A gateway of the cluster.</summary>
    Gateway,
}
