namespace GatewayMesh.Commands;

/// <summary>Ends a command with a sentence for the user instead of a stack trace.</summary>
internal sealed class CommandFailure(int exitCode, string message) : Exception(message)
{
    /// <summary>One of <see cref="Commands.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;
}
