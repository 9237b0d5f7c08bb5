using System.Collections.Immutable;
using GatewayMesh.Client.Gateways;

namespace GatewayMesh.Client.Settings;

/// <summary>The options as they were when the handler was made: complete and valid.</summary>
internal sealed record ClientSettings
{
    public TargetAddress? Outbound { get; init; }

    public string Service { get; init; } = "";

    /// <summary>Empty: from the file.</summary>
    public ImmutableArray<GatewayEntry> Gateways { get; init; } = [];

    /// <summary>Null: there is no such file.</summary>
    public string? GatewaysFile { get; init; }

    /// <summary>Null: there is none, since no service is named.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>Null as above.</summary>
    public string? RootsFile { get; init; }

    public string Node { get; init; } = "";

    public TimeSpan ConnectTimeout { get; init; }

    public TimeSpan TunnelTimeout { get; init; }

    public TimeSpan AnswerWait { get; init; }

    public TimeSpan ProbeTimeout { get; init; }

    public int ProbeFailures { get; init; }

    public int MaxAttempts { get; init; }

    public int ReplayBufferSize { get; init; }

    public bool ReplayWithIdempotencyKey { get; init; }

    public int BreakerFailures { get; init; }

    public TimeSpan ProbeInterval { get; init; }

    public TimeSpan FailbackAfter { get; init; }

    public TimeSpan IdleTimeout { get; init; }
}
