namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Reference to a backend, with its share of the requests.</summary>
public sealed record BackendRef
{
    /// <summary>API group. Default: empty, the core group.</summary>
    public string Group { get; init => field = value ?? ""; } = "";

    /// <summary>Kind. Default: <c>Service</c>.</summary>
    public string Kind { get; init => field = value ?? "Service"; } = "Service";

    /// <summary>Namespace; null for that of the route.</summary>
    public string? Namespace { get; init; }

    /// <summary>Name.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Port of the Service; null only for other kinds.</summary>
    public int? Port { get; init; }

    /// <summary>Weight relative to the sum; null for 1.</summary>
    public int? Weight { get; init; }

    /// <summary>Filters for the requests to this backend. Default: none.</summary>
    public IReadOnlyList<RouteFilter> Filters { get; init => field = value ?? []; } = [];
}
