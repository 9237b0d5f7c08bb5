namespace GatewayMesh.Terminal;

/// <summary>Exit codes of the process.</summary>
public static class ExitCode
{
    /// <summary>Success.</summary>
    public const int Well = 0;

    /// <summary>A check or a drill failed.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or bad configuration; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>An address cannot be bound.</summary>
    public const int Bind = 3;

    /// <summary>The registry is unreachable and there is no last-good snapshot (only with <c>--require-registry</c>).</summary>
    public const int Registry = 4;
}
