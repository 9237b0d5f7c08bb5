namespace GatewayMesh.Client.Routes;

/// <summary>The kind of target.</summary>
internal enum Tier
{
    /// <summary>The local sidecar, or its guard, which takes over at the same address.</summary>
    Sidecar,

    /// <summary>A gateway of the cluster.</summary>
    Gateway,
}
