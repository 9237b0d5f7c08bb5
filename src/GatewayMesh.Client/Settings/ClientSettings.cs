using System.Collections.Immutable;
using GatewayMesh.Client.Gateways;

namespace GatewayMesh.Client.Settings;

/// <summary>The complete and validated options at the time the handler was created.</summary>
internal sealed record ClientSettings
{
    public TargetAddress? Outbound { get; init; }

    public string Service { get; init; } = "";

    /// <summary>The configured gateways. Empty: use the file.</summary>
    public ImmutableArray<GatewayEntry> Gateways { get; init; } = [];

    /// <summary>Path of the gateways file. Null without a service name.</summary>
    public string? GatewaysFile { get; init; }

    /// <summary>Path of the certificate and key. Null without a service name.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>Path of the roots. Null without a service name.</summary>
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

    public bool CreateIdempotencyKeys { get; init; }

    public int BreakerFailures { get; init; }

    public TimeSpan ProbeInterval { get; init; }

    public TimeSpan FailbackAfter { get; init; }

    public TimeSpan IdleTimeout { get; init; }
}
