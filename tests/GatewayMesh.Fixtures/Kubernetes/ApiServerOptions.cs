namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Settings of the stub.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Clock of time stamps, bookmarks, and the ends of watches. Default: the clock of the system.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>True to accept HTTP/1.1 only. Default: false, HTTP/2 and HTTP/1.1.</summary>
    public bool IsHttp1Only { get; init; }

    /// <summary>DNS names of the certificate in addition to 127.0.0.1. Default: those inside a cluster.</summary>
    public string[] Names { get; init; } = ["kubernetes.default.svc", "kubernetes"];

    /// <summary>True to honor <c>Accept-Encoding: gzip</c> for bodies over 128 KiB, as the API server does. Default: true.</summary>
    public bool Compresses { get; init; } = true;
}
