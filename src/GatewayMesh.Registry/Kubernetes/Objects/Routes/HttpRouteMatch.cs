namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Conditions on an HTTP request, all of which must hold.</summary>
public sealed record HttpRouteMatch
{
    /// <summary>Condition on the path; null for every path.</summary>
    public HttpPathMatch? Path { get; init; }

    /// <summary>Conditions on header fields. Default: none.</summary>
    public IReadOnlyList<ValueMatch> Headers { get; init => field = value ?? []; } = [];

    /// <summary>Conditions on query parameters. Default: none.</summary>
    public IReadOnlyList<ValueMatch> QueryParams { get; init => field = value ?? []; } = [];

    /// <summary>Method in upper case; null for every method.</summary>
    public string? Method { get; init; }
}
