using System.Net;

namespace GatewayMesh.Commands.Drill.Load;

/// <summary>One open-loop load: what is asked, where and how often.</summary>
internal sealed record LoadSpec
{
    /// <summary>What the connections are opened to.</summary>
    public required IPEndPoint Target { get; init; }

    /// <summary>The <c>Host</c> header.</summary>
    public required string Host { get; init; }

    /// <summary>The request target. Default: <c>/</c>.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Requests a second, whatever the answers do. Default: 500.</summary>
    public double Rate { get; init; } = 500;

    /// <summary>Keep-alive connections. Default: 20.</summary>
    public int Connections { get; init; } = 20;

    /// <summary>How long requests are begun; null: until stopped.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Time from the intended send time after which a request counts as timed out. Default: 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Send a refused or lost GET once more. Default: false.</summary>
    public bool Replay { get; init; }
}
