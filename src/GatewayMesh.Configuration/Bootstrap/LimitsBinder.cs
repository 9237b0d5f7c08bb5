using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the section <c>limits</c>.</summary>
internal static class LimitsBinder
{
    private static readonly ScalarType<long> HeadSize = ScalarTypes.Size.Where(
        size => size is >= 1024 and <= 16 * 1024 * 1024, "is out of range", "use a size from 1KiB to 16MiB");

    private static readonly ScalarType<long> LineSize = ScalarTypes.Size.Where(
        size => size is >= 256 and <= 256 * 1024, "is out of range", "use a size from 256 to 256KiB");

    private static readonly ScalarType<int> Count = ScalarTypes.Number(1, 10_000_000);

    /// <summary>A whole number of at least 1, or null for <c>none</c>.</summary>
    internal static readonly ScalarType<int?> NumberOrNone = new("use a whole number, or none", text =>
        text == "none" ? Scalar.Good<int?>(null)
        : Count.Read(text) is { Message: { } message, Fix: var fix } ? Scalar.Bad<int?>(message, fix + ", or none")
        : Scalar.Good<int?>(Count.Read(text).Value));

    /// <summary>Reads the limits of a process.</summary>
    /// <param name="reader">Section to read.</param>
    /// <param name="role">Role of the process; an ingress has its own defaults.</param>
    public static LimitsSpec Bind(MappingReader reader, MeshRole role)
    {
        var defaults = LimitsSpec.ForRole(role);
        var connections = reader.Optional("maxConnections", ScalarTypes.Number(1, 10_000_000), defaults.MaxConnections);
        int? share = defaults.MaxConnectionsPerAddress is null ? null : LimitsSpec.ShareOf(connections);
        return new LimitsSpec
        {
            MaxConnections = connections,
            MaxConnectionsPerAddress = reader.Optional("maxConnectionsPerAddress", NumberOrNone, share),
            MaxRequestLineSize = (int)reader.Optional("maxRequestLineSize", LineSize, defaults.MaxRequestLineSize),
            MaxRequestHeaderCount = reader.Optional("maxRequestHeaderCount", ScalarTypes.Number(1, 10_000), defaults.MaxRequestHeaderCount),
            MaxRequestHeadersTotalSize = (int)reader.Optional("maxRequestHeadersTotalSize", HeadSize, defaults.MaxRequestHeadersTotalSize),
            MaxRequestBodySize = reader.Optional("maxRequestBodySize", ScalarTypes.SizeOrNone, defaults.MaxRequestBodySize),
            MinRequestBodyDataRate = reader.Optional("minRequestBodyDataRate", ScalarTypes.SizeOrNone, defaults.MinRequestBodyDataRate),
            RequestBodyGrace = reader.Optional("requestBodyGrace", ScalarTypes.Wait, defaults.RequestBodyGrace),
            RequestHeadersTimeout = reader.Optional("requestHeadersTimeout", ScalarTypes.Duration, defaults.RequestHeadersTimeout),
            KeepAliveTimeout = reader.Optional("keepAliveTimeout", ScalarTypes.Duration, defaults.KeepAliveTimeout),
            MaxStreamsPerConnection = reader.Optional(
                "maxStreamsPerConnection", ScalarTypes.Number(1, 10_000), defaults.MaxStreamsPerConnection),
            Http2FrameBudget = reader.Optional("http2FrameBudget", NumberOrNone, defaults.Http2FrameBudget),
        };
    }
}
