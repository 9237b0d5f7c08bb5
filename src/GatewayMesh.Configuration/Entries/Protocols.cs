using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>The protocols that a service can speak.</summary>
internal static class Protocols
{
    public static ScalarType<string> OfService { get; } = ScalarTypes.Word<string>(
        [("http", "http"), ("http2", "http2"), ("grpc", "grpc")], ("tcp", "say protocol: http"));
}
