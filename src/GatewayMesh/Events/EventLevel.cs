namespace GatewayMesh.Events;

/// <summary>How much an event matters.</summary>
public enum EventLevel
{
    /// <summary>For whoever looks for a fault in the mesh itself.</summary>
    Debug,

    /// <summary>A change that an operator may want to know of.</summary>
    Info,

    /// <summary>Something is wrong and is being coped with.</summary>
    Warning,

    /// <summary>Something is wrong and somebody must act.</summary>
    Error,
}
