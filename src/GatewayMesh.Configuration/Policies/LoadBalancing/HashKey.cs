using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>
/// An item of <c>hash</c>: a request property that decides the instance. Items absent from the request are skipped; a request without any
/// item goes to any instance.
/// </summary>
/// <param name="From">Source of the hashed value.</param>
/// <param name="Name">Name of the field, cookie, or parameter; empty for <see cref="HashSource.Source"/>.</param>
/// <param name="Terminal">True to skip later items when the request has this item or an earlier one. Default: false, all items present in
/// the request are hashed together.</param>
public sealed record HashKey(HashSource From, string Name, bool Terminal)
{
    /// <summary>Cookie made for a client without one (Consul: <c>CookieConfig</c> of a resolver); null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HashCookie? Made { get; init; }

    private const string Fix = "set one of header: x-user, cookie: session, query: id, source: true";

    internal static HashKey Bind(MappingReader reader)
    {
        var terminal = reader.Optional("terminal", ScalarTypes.Flag, false);
        var source = reader.Optional("source", ScalarTypes.Flag, false);
        var named = new List<HashKey>();
        foreach (
            var (key, from) in (ReadOnlySpan<(string, HashSource)>)[
                ("header", HashSource.Header), ("cookie", HashSource.Cookie), ("query", HashSource.Query)])
        {
            if (reader.Has(key) && reader.Required(key, ScalarTypes.Text) is { } name)
            {
                named.Add(new HashKey(from, from == HashSource.Header ? name.ToLowerInvariant() : name, terminal));
            }
        }

        if (source)
        {
            named.Add(new HashKey(HashSource.Source, "", terminal));
        }

        if (named.Count > 1)
        {
            reader.Fail("has more than one source", "use one item per source: items are hashed in order");
        }
        else if (named.Count == 0 && !reader.Has("header") && !reader.Has("cookie") && !reader.Has("query"))
        {
            reader.Fail("has no source", Fix);
        }

        return named.Count > 0 ? named[0] : new HashKey(HashSource.Source, "", terminal);
    }
}
