namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Conditions on a gRPC call, all of which must hold.</summary>
public sealed record GrpcRouteMatch
{
    /// <summary>Condition on the service and method; null for every call.</summary>
    public GrpcMethodMatch? Method { get; init; }

    /// <summary>Conditions on header fields. Default: none.</summary>
    public IReadOnlyList<ValueMatch> Headers { get; init => field = value ?? []; } = [];
}
