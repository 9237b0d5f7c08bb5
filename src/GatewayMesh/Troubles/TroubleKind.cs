namespace GatewayMesh.Troubles;

/// <summary>Kinds of trouble.</summary>
internal enum TroubleKind
{
    /// <summary>An application of this host.</summary>
    ApplicationDown,

    /// <summary>An instance or gateway called by this process.</summary>
    InstanceEjected,

    /// <summary>Another node of the mesh.</summary>
    NodeGone,
}
