using System.Net;

namespace GatewayMesh.Drills.Load;

/// <summary>An open-loop load: target, request and rate.</summary>
internal sealed record LoadSpec
{
    /// <summary>Address to connect to.</summary>
    public required IPEndPoint Target { get; init; }

    /// <summary>The <c>Host</c> header.</summary>
    public required string Host { get; init; }

    /// <summary>The request target. Default: <c>/</c>.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Requests per second, independent of the responses. Default: 500.</summary>
    public double Rate { get; init; } = 500;

    /// <summary>Number of keep-alive connections. Default: 20.</summary>
    public int Connections { get; init; } = 20;

    /// <summary>Duration of the load; null: until stopped.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Time from the intended send time after which a request counts as timed out. Default: 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>True to retry a refused or lost GET once. Default: false.</summary>
    public bool Replay { get; init; }
}
