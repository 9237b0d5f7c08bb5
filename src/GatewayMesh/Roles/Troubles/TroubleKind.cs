namespace GatewayMesh.Roles.Troubles;

/// <summary>What does not serve as it should.</summary>
internal enum TroubleKind
{
    /// <summary>An application of this host.</summary>
    ApplicationDown,

    /// <summary>An instance, or a gateway, that this process calls.</summary>
    InstanceEjected,

    /// <summary>Another node of the mesh.</summary>
    NodeGone,
}
