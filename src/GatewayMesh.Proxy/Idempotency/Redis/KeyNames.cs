using StackExchange.Redis;

namespace GatewayMesh.Proxy.Idempotency.Redis;

/// <summary>Names of the keys of one service at a server; see <see cref="KeyScripts"/>.</summary>
/// <param name="service">Name of the service.</param>
internal sealed class KeyNames(string service)
{
    private readonly RedisKey _order = $"gatewaymesh:keys:{{{service}}}:order";
    private readonly RedisKey _sizes = $"gatewaymesh:keys:{{{service}}}:sizes";

    /// <summary>Name of a key without its digest.</summary>
    public string Prefix { get; } = $"gatewaymesh:keys:{{{service}}}:";

    /// <summary>Name of the owners.</summary>
    public RedisKey Owners { get; } = $"gatewaymesh:keys:{{{service}}}:owners";

    /// <summary>Returns a digest as text.</summary>
    public static string TextOf(Digest key)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        key.Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Returns the name of a key.</summary>
    public RedisKey Of(Digest key) => Prefix + TextOf(key);

    /// <summary>Returns the keys of the scripts that claim and settle.</summary>
    public RedisKey[] All(Digest key) => [Of(key), Owners, _order, _sizes];
}
