namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Condition on the service and method of a gRPC call.</summary>
public sealed record GrpcMethodMatch
{
    /// <summary><c>Exact</c> or <c>RegularExpression</c>. Default: <c>Exact</c>.</summary>
    public string Type { get; init => field = value ?? "Exact"; } = "Exact";

    /// <summary>Service, such as <c>bank.Ledger</c>; null for every service.</summary>
    public string? Service { get; init; }

    /// <summary>Method; null for every method.</summary>
    public string? Method { get; init; }
}
