using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the section <c>limits</c>.</summary>
internal static class LimitsBinder
{
    private static readonly ScalarType<long> HeadSize = ScalarTypes.Size.Where(
        size => size is >= 1024 and <= 16 * 1024 * 1024, "is out of range", "say a size from 1KiB to 16MiB");

    private static readonly ScalarType<int> PerAddress = ScalarTypes.Number(1, 10_000_000);

    private static readonly ScalarType<int?> NumberOrNone = new("say a whole number, or none", text =>
        text == "none" ? Scalar.Good<int?>(null)
        : PerAddress.Read(text) is { Message: { } message, Mend: var mend } ? Scalar.Bad<int?>(message, mend + ", or none")
        : Scalar.Good<int?>(PerAddress.Read(text).Value));

    public static LimitsSpec Bind(MappingReader reader)
    {
        var defaults = new LimitsSpec();
        return new LimitsSpec
        {
            MaxConnections = reader.Optional("maxConnections", ScalarTypes.Number(1, 10_000_000), defaults.MaxConnections),
            MaxConnectionsPerAddress = reader.Optional("maxConnectionsPerAddress", NumberOrNone, defaults.MaxConnectionsPerAddress),
            MaxRequestHeadersTotalSize = (int)reader.Optional("maxRequestHeadersTotalSize", HeadSize, defaults.MaxRequestHeadersTotalSize),
            MaxRequestBodySize = reader.Optional("maxRequestBodySize", ScalarTypes.SizeOrNone, defaults.MaxRequestBodySize),
            RequestHeadersTimeout = reader.Optional("requestHeadersTimeout", ScalarTypes.Duration, defaults.RequestHeadersTimeout),
            KeepAliveTimeout = reader.Optional("keepAliveTimeout", ScalarTypes.Duration, defaults.KeepAliveTimeout),
            MaxStreamsPerConnection = reader.Optional("maxStreamsPerConnection", ScalarTypes.Number(1, 10_000), defaults.MaxStreamsPerConnection),
        };
    }
}
