namespace GatewayMesh.Commands.Check;

/// <summary>Outcome of a check.</summary>
internal enum Mark
{
    /// <summary>√ Passed.</summary>
    Well,

    /// <summary>‼ Warning: works, but needs attention.</summary>
    Warning,

    /// <summary>× Failed: the command exits with 1.</summary>
    Broken,
}
