namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>A header field with its value.</summary>
public sealed record HeaderValue
{
    /// <summary>Name.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Value.</summary>
    public string Value { get; init => field = value ?? ""; } = "";
}
