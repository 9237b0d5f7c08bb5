namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Condition on the path.</summary>
public sealed record HttpPathMatch
{
    /// <summary><c>Exact</c>, <c>PathPrefix</c>, or <c>RegularExpression</c>. Default: <c>PathPrefix</c>.</summary>
    public string Type { get; init => field = value ?? "PathPrefix"; } = "PathPrefix";

    /// <summary>Path or expression. Default: <c>/</c>.</summary>
    public string Value { get; init => field = value ?? "/"; } = "/";
}
