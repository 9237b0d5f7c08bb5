using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A Redis or Valkey server. Its text never has the password.</summary>
/// <param name="Address">Address of the server.</param>
/// <param name="IsTls">True for <c>rediss://</c>.</param>
/// <param name="Database">Number of the database. Default: 0.</param>
public sealed record RedisSpec(HostPort Address, bool IsTls, int Database)
{
    private const string Plain = "redis://";
    private const string Tls = "rediss://";
    private const string Fix = "use redis://[[USER]:PASSWORD@]HOST:PORT[/DB], or rediss:// for TLS";

    /// <summary>User of the access control list; empty for the default user.</summary>
    public string User { get; init; } = "";

    /// <summary>Password; empty for none. A secret.</summary>
    public string Password { get; init; } = "";

    /// <summary>Certificates of a TLS connection. Default: the system's roots, and no client certificate.</summary>
    public RegistryTlsSpec Certificates { get; init; } = new(null, null, null);

    /// <summary>The URI of a server.</summary>
    internal static ScalarType<RedisSpec> Type { get; } = new(Fix, Read);

    /// <summary>Returns the URI without user and password.</summary>
    public override string ToString() => $"{(IsTls ? Tls : Plain)}{Address}/{Database}";

    private static Scalar<RedisSpec> Read(string text)
    {
        var isTls = text.StartsWith(Tls, StringComparison.Ordinal);
        if (!isTls && !text.StartsWith(Plain, StringComparison.Ordinal))
        {
            return Scalar.Bad<RedisSpec>("is not the URI of a Redis server", Fix); // not quoted: it may have a password
        }

        var rest = text[(isTls ? Tls : Plain).Length..];
        var (user, password) = ("", "");
        if (rest.LastIndexOf('@') is >= 0 and var at)
        {
            var (secret, colon) = (rest[..at], rest.IndexOf(':', StringComparison.Ordinal));
            if (colon < 0 || colon > at)
            {
                return Scalar.Bad<RedisSpec>("has a user without a password", Fix);
            }

            (user, password) = (Uri.UnescapeDataString(secret[..colon]), Uri.UnescapeDataString(secret[(colon + 1)..]));
            rest = rest[(at + 1)..];
        }

        var database = 0;
        if (rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash)
        {
            var number = ScalarTypes.Number(0, 65535).Read(rest[(slash + 1)..] is { Length: > 0 } name ? name : "0");
            if (number.Message is not null)
            {
                return Scalar.Bad<RedisSpec>("has no number of a database after the address", Fix);
            }

            (database, rest) = (number.Value, rest[..slash]);
        }

        var address = ScalarTypes.Target.Read(rest);
        return address.Message is null
            ? Scalar.Good(new RedisSpec(address.Value!, isTls, database) { User = user, Password = password })
            : Scalar.Bad<RedisSpec>("has no host and port", Fix);
    }
}
