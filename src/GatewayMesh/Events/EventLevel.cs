namespace GatewayMesh.Events;

/// <summary>Severity of an event.</summary>
public enum EventLevel
{
    /// <summary>Details for debugging the mesh itself.</summary>
    Debug,

    /// <summary>A change of interest to an operator.</summary>
    Info,

    /// <summary>A problem that the mesh handles by itself.</summary>
    Warning,

    /// <summary>A problem that requires action.</summary>
    Error,
}
