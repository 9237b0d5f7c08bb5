namespace GatewayMesh.Startup;

/// <summary>A role cannot start: message and exit code.</summary>
internal sealed class RoleFailure(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    internal int ExitCode { get; } = exitCode;
}
