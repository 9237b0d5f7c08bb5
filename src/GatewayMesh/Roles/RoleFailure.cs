namespace GatewayMesh.Roles;

/// <summary>A process cannot play its role: what to print and the exit code.</summary>
internal sealed class RoleFailure(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    internal int ExitCode { get; } = exitCode;
}
