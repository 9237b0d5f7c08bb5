namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>Protocols of applications, as Services and slices name them.</summary>
internal static class AppProtocols
{
    /// <summary>The mesh's protocol; null for TLS to the application, which is not supported. Free text means HTTP.</summary>
    public static string? Of(string name) => name.ToLowerInvariant() switch
    {
        "kubernetes.io/h2c" or "http2" or "h2c" => "http2",
        "grpc" => "grpc",
        "https" or "wss" or "kubernetes.io/wss" => null,
        _ => "http",
    };
}
