using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the section <c>stores</c>.</summary>
internal static class StoresBinder
{
    private static readonly ScalarType<RedisSpec?> Shared =
        new(RedisSpec.Type.Fix, text => text.Length == 0 ? Scalar.Good<RedisSpec?>(null) : Server(text, null));

    private static readonly string OwnFix = $"{RedisSpec.Type.Fix}, or sqlite for the store on this node's disk";

    // "sqlite" is the contract's word for the store on this node's disk.
    private static readonly ScalarType<RedisSpec?> OwnOrShared =
        new(OwnFix, text => text is "" or "sqlite" ? Scalar.Good<RedisSpec?>(null) : Server(text, OwnFix));

    /// <summary>Reads the stores of a process.</summary>
    /// <param name="reader">The section.</param>
    /// <param name="path">Makes the path under a key absolute.</param>
    public static StoresSpec Bind(MappingReader reader, Func<string, SourceLocation, string> path)
    {
        var limits = reader.Optional("rateLimits", Shared, null);
        var keys = reader.Optional("idempotency", OwnOrShared, null);
        var tls = reader.Section("tls", section => RegistryBinder.BindTls(section, path));
        if (reader.Has("tls") && limits is not { IsTls: true } && keys is not { IsTls: true })
        {
            reader.Fail("tls", "has no effect: no store uses TLS", "use rediss://HOST:PORT, or remove tls");
        }

        return new StoresSpec
        {
            RateLimits = limits is null ? null : limits with { Certificates = tls },
            Idempotency = keys is null ? null : keys with { Certificates = tls },
        };
    }

    private static Scalar<RedisSpec?> Server(string text, string? fix)
    {
        var read = RedisSpec.Type.Read(text);
        return read.Message is { } message ? Scalar.Bad<RedisSpec?>(message, fix ?? read.Fix) : Scalar.Good<RedisSpec?>(read.Value);
    }
}
