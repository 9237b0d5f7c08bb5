using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>What of a request is hashed, as declared (Consul: <c>HashPolicies</c>).</summary>
public sealed record HashPolicyEntry
{
    private static readonly ScalarType<HashField> Fields = ScalarTypes.Word<HashField>(
        [("header", HashField.Header), ("cookie", HashField.Cookie), ("query_parameter", HashField.QueryParameter)]);

    /// <summary>Where it stands; null with <see cref="SourceIP"/>.</summary>
    public HashField? Field { get; init; }

    /// <summary>Name of the header field, cookie or parameter.</summary>
    public string FieldValue { get; init; } = "";

    /// <summary>Whether the caller's address is hashed. Default: false.</summary>
    public bool SourceIP { get; init; }

    /// <summary>Whether those that follow are left out when this one gives a hash. Default: false.</summary>
    public bool Terminal { get; init; }

    /// <summary>How long a cookie that the mesh gives lives; null: it gives none, or one for the session.</summary>
    public TimeSpan? CookieTtl { get; init; }

    /// <summary>Whether the mesh gives a cookie for the session where there is none. Default: false.</summary>
    public bool CookieSession { get; init; }

    /// <summary>Path of that cookie. Default: empty.</summary>
    public string CookiePath { get; init; } = "";

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
            reader.Fail(entry.SourceIP ? "sourceIP stands beside field" : "says not what is hashed", "say sourceIP: true, or field: header, cookie or query_parameter with fieldValue: NAME");
        }

        if (!reader.Has("cookieConfig"))
        {
            return entry;
        }

        if (entry.Field != HashField.Cookie)
        {
            reader.Fail("cookieConfig", "stands without field: cookie", "leave it out");
        }

        return reader.Section("cookieConfig", cookie => entry with
        {
            CookieSession = cookie.Optional("session", ScalarTypes.Flag, false),
            CookieTtl = cookie.OrNull("TTL", GoDuration.Type) ?? cookie.OrNull("ttl", GoDuration.Type),
            CookiePath = cookie.Optional("path", ScalarTypes.Text, ""),
        });
    }
}
