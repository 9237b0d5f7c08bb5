using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>One item of <c>hash</c>: what of a request decides where it goes. Items that a request does not have are passed over; a request that has none goes anywhere.</summary>
/// <param name="From">What is hashed.</param>
/// <param name="Name">Name of the field, cookie or parameter; empty for <see cref="HashSource.Source"/>.</param>
/// <param name="Terminal">When the request has something of this item or of one before it, what follows is left aside. Default: false, all that a request has are hashed together.</param>
public sealed record HashKey(HashSource From, string Name, bool Terminal)
{
    private const string Fix = "say one of header: x-user, cookie: session, query: id, source: true";

    internal static HashKey Bind(MappingReader reader)
    {
        var terminal = reader.Optional("terminal", ScalarTypes.Flag, false);
        var source = reader.Optional("source", ScalarTypes.Flag, false);
        var named = new List<HashKey>();
        foreach (var (key, from) in (ReadOnlySpan<(string, HashSource)>)[("header", HashSource.Header), ("cookie", HashSource.Cookie), ("query", HashSource.Query)])
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
            reader.Fail("names more than one thing", "make an item of each: they are hashed in order");
        }
        else if (named.Count == 0 && !reader.Has("header") && !reader.Has("cookie") && !reader.Has("query"))
        {
            reader.Fail("names nothing to hash", Fix);
        }

        return named.Count > 0 ? named[0] : new HashKey(HashSource.Source, "", terminal);
    }
}
