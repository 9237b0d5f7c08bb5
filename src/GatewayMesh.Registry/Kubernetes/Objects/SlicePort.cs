namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>A port of the endpoints of an EndpointSlice.</summary>
public sealed record SlicePort
{
    /// <summary>Name of the Service's port; empty for its only port.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary><c>TCP</c>, <c>UDP</c>, or <c>SCTP</c>. Default: empty, <c>TCP</c>.</summary>
    public string Protocol { get; init => field = value ?? ""; } = "";

    /// <summary>Port of the pods; null in a slice that was written by hand means every port, which a mesh cannot dial.</summary>
    public int? Port { get; init; }

    /// <summary>Protocol of the application; free text. Default: empty, unknown.</summary>
    public string AppProtocol { get; init => field = value ?? ""; } = "";
}
