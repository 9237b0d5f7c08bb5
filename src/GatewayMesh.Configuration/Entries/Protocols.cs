using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>Protocols of services.</summary>
internal static class Protocols
{
    public static ScalarType<string> OfService { get; } = ScalarTypes.Word<string>(
        [("http", "http"), ("http2", "http2"), ("grpc", "grpc")], ("tcp", "set protocol: http"));

    /// <summary>The same, or empty: Consul writes an empty protocol when none is declared.</summary>
    public static ScalarType<string> OrNone { get; } = OfService with
    {
        Read = text => text.Length == 0 ? Scalar.Good("") : OfService.Read(text),
    };

    /// <summary>
    /// The same text as one object for all instances: a mesh has hundreds of thousands, and their texts come from the store.
    /// </summary>
    public static string Shared(string protocol) => protocol switch
    {
        "http" => "http",
        "http2" => "http2",
        "grpc" => "grpc",
        _ => protocol,
    };
}
