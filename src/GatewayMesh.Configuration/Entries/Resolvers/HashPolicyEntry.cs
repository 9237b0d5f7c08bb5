using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>Declared hash source of a request (Consul: <c>HashPolicies</c>).</summary>
public sealed record HashPolicyEntry
{
    private static readonly ScalarType<HashField> Fields = ScalarTypes.Word<HashField>(
        [("header", HashField.Header), ("cookie", HashField.Cookie), ("query_parameter", HashField.QueryParameter)]);

    // RFC 6265 §4.1.1
    private static readonly ScalarType<string> Paths = new("use a path such as /shop", text =>
        text.Length == 0 || (text.StartsWith('/') && text.All(c => c is > ' ' and <= '~' and not (';' or ',')))
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)} is not the path of a cookie", "use a path such as /shop"));

    /// <summary>Kind of the hashed value; null with <see cref="SourceIP"/>.</summary>
    public HashField? Field { get; init; }

    /// <summary>Name of the header field, cookie, or parameter.</summary>
    public string FieldValue { get => field ?? ""; init; } = "";

    /// <summary>True if the caller's address is hashed. Default: false.</summary>
    public bool SourceIP { get; init; }

    /// <summary>True if later hash policies are skipped when this policy yields a hash. Default: false.</summary>
    public bool Terminal { get; init; }

    /// <summary>Lifetime of the cookie that the mesh makes for a client without one; null: no cookie, or a session cookie.</summary>
    public TimeSpan? CookieTtl { get; init; }

    /// <summary>True if the mesh makes a session cookie when the request has none. Default: false.</summary>
    public bool CookieSession { get; init; }

    /// <summary>Path of the cookie. Default: empty.</summary>
    public string CookiePath { get => field ?? ""; init; } = "";

    internal static HashPolicyEntry Bind(MappingReader reader)
    {
        var entry = new HashPolicyEntry
        {
            Field = reader.OrNull("field", Fields),
            FieldValue = reader.Optional("fieldValue", ScalarTypes.Text, ""),
            SourceIP = reader.Optional("sourceIP", ScalarTypes.Flag, false),
            Terminal = reader.Optional("terminal", ScalarTypes.Flag, false),
        };
        if (entry.SourceIP ? reader.Has("field") || reader.Has("fieldValue") : !reader.Has("field") || entry.FieldValue.Length == 0)
        {
            reader.Fail(
                entry.SourceIP ? "sourceIP conflicts with field" : "has no hash source",
                "set sourceIP: true, or field: header, cookie or query_parameter with fieldValue: NAME");
        }

        if (!reader.Has("cookieConfig"))
        {
            return entry;
        }

        if (entry.Field != HashField.Cookie)
        {
            reader.Fail("cookieConfig", "requires field: cookie", "remove the key");
        }

        return reader.Section("cookieConfig", cookie => Bind(cookie, entry));
    }

    private static HashPolicyEntry Bind(MappingReader reader, HashPolicyEntry entry)
    {
        entry = entry with
        {
            CookieSession = reader.Optional("session", ScalarTypes.Flag, false),
            CookieTtl = (reader.OrNull("TTL", GoDuration.Type) ?? reader.OrNull("ttl", GoDuration.Type)) is { Ticks: > 0 } ttl
                ? ttl
                : null,
            CookiePath = reader.Optional("path", Paths, ""),
        };
        if (entry is { CookieSession: true, CookieTtl: not null })
        {
            reader.Fail("session", "conflicts with TTL", "remove one of them");
        }

        if (entry is { Field: HashField.Cookie, FieldValue.Length: > 0 } && !HeaderName.IsToken(entry.FieldValue))
        {
            reader.Fail("is for a cookie whose name is not a token (RFC 6265 §4.1.1)", "use a name such as session in fieldValue");
        }

        return entry;
    }
}
