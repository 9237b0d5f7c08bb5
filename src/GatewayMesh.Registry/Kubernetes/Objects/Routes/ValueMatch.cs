namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Condition on a header field or a query parameter.</summary>
public sealed record ValueMatch
{
    /// <summary>Name.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary><c>Exact</c> or <c>RegularExpression</c>. Default: <c>Exact</c>.</summary>
    public string Type { get; init => field = value ?? "Exact"; } = "Exact";

    /// <summary>Value or expression.</summary>
    public string Value { get; init => field = value ?? ""; } = "";
}
