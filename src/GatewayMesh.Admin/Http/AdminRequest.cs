namespace GatewayMesh.Admin.Http;

/// <summary>A request on the admin address.</summary>
/// <param name="Method">Method, as sent; HEAD arrives as GET.</param>
/// <param name="Path">Path, byte for byte, without the query.</param>
/// <param name="Query">Query without the question mark, or empty.</param>
/// <param name="Body">Body, at most 64 KiB.</param>
public readonly record struct AdminRequest(string Method, string Path, string Query, ReadOnlyMemory<byte> Body)
{
    private readonly string? _accept;

    /// <summary>Value of <c>Accept</c>, all lines joined. Default: empty.</summary>
    public string Accept
    {
        get => _accept ?? "";
        init => _accept = value;
    }

    /// <summary>The unescaped value of <paramref name="name"/> in the query; empty for a name without a value, null when absent.</summary>
    public string? QueryValue(string name) => QueryValues(name) is [var first, ..] ? first : null;

    /// <summary>All unescaped values of <paramref name="name"/> in the query, in order.</summary>
    public IReadOnlyList<string> QueryValues(string name)
    {
        var values = new List<string>();
        foreach (var part in Query.Split('&'))
        {
            var equals = part.IndexOf('=');
            if (Uri.UnescapeDataString(equals < 0 ? part : part[..equals]) == name)
            {
                values.Add(equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..]));
            }
        }

        return values;
    }
}

/// <summary>Handles one route. Runs on a thread of the admin server and may block briefly. An exception becomes a 500.</summary>
public delegate AdminResponse AdminHandler(AdminRequest request);
