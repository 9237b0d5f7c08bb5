using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>The protocols that a service can speak.</summary>
internal static class Protocols
{
    public static ScalarType<string> OfService { get; } = ScalarTypes.Word<string>(
        [("http", "http"), ("http2", "http2"), ("grpc", "grpc")], ("tcp", "say protocol: http"));

    /// <summary>The same, or nothing: Consul writes an empty one where none was said.</summary>
    public static ScalarType<string> OrUnsaid { get; } = OfService with { Read = text => text.Length == 0 ? Scalar.Good("") : OfService.Read(text) };
}
