namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>A port of a Service.</summary>
public sealed record ServicePort
{
    /// <summary>Name; EndpointSlices name their ports alike. Default: empty, for a Service with one port.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary><c>TCP</c>, <c>UDP</c>, or <c>SCTP</c>. Default: empty, <c>TCP</c>.</summary>
    public string Protocol { get; init => field = value ?? ""; } = "";

    /// <summary>Port of the frontend, 1 to 65535.</summary>
    public int Port { get; init; }

    /// <summary>Protocol of the application, such as <c>grpc</c> or <c>kubernetes.io/h2c</c>; free text. Default: empty, unknown.</summary>
    public string AppProtocol { get; init => field = value ?? ""; } = "";
}
