namespace GatewayMesh.Commands.Check;

/// <summary>How a check went.</summary>
internal enum Mark
{
    /// <summary>√ As it should be.</summary>
    Well,

    /// <summary>‼ Works, but not as it should.</summary>
    Warning,

    /// <summary>× Broken: the command exits with 1.</summary>
    Broken,
}
