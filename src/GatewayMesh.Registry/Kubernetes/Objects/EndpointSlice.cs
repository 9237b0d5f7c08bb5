namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>A part of the endpoints of a Service: those of one address family and one set of port numbers, at most 100.</summary>
public sealed record EndpointSlice : IKubernetesObject
{
    /// <summary>Label with the name of the Service, which is in the same namespace.</summary>
    public const string ServiceLabel = "kubernetes.io/service-name";

    /// <inheritdoc/>
    public string? ApiVersion { get; init; }

    /// <inheritdoc/>
    public string? Kind { get; init; }

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;

    /// <summary><c>IPv4</c>, <c>IPv6</c>, or the deprecated <c>FQDN</c>.</summary>
    public string AddressType { get; init => field = value ?? ""; } = "";

    /// <summary>Endpoints. Default: none.</summary>
    public IReadOnlyList<SliceEndpoint> Endpoints { get; init => field = value ?? []; } = [];

    /// <summary>Ports that each endpoint offers. Default: none; the endpoints then offer nothing.</summary>
    public IReadOnlyList<SlicePort> Ports { get; init => field = value ?? []; } = [];
}
