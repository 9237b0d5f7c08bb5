namespace GatewayMesh.Terminal.Commands;

/// <summary>Ends a command with a message for the user instead of a stack trace.</summary>
internal sealed class CommandFailure(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code, from <see cref="Terminal.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;
}
