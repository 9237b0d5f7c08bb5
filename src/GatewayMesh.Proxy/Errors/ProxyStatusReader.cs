using System.Buffers;

namespace GatewayMesh.Proxy.Errors;

/// <summary>Reads members of a <c>Proxy-Status</c> list one by one (RFC 8941 §4.2, as far as RFC 9209 uses it).</summary>
internal ref struct ProxyStatusReader(ReadOnlySpan<char> text)
{
    private static readonly SearchValues<char> Delimiters = SearchValues.Create(" \t,;=\"?");
    private ReadOnlySpan<char> _rest = text.Trim(" \t");
    private bool _first = true;

    /// <summary>True if the whole field was read and is valid.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Reads the next member. Returns false at the end and at an invalid member (then <see cref="AtEnd"/> is false).</summary>
    public bool TryReadMember(out ProxyStatusMember member)
    {
        member = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var rest = _rest;
        if (!_first)
        {
            if (rest[0] != ',')
            {
                return false;
            }

            rest = rest[1..].TrimStart(" \t");
        }

        if (!TryTakeItem(ref rest, out var name))
        {
            return false;
        }

        member = new ProxyStatusMember(name.ToString(), null, null, null);
        while (!rest.IsEmpty && rest[0] == ';')
        {
            rest = rest[1..].TrimStart(' ');
            if (!TryTakeToken(ref rest, out var key))
            {
                return false;
            }

            if (rest.IsEmpty || rest[0] != '=')
            {
                continue; // a key alone means true, and a missing "forwarded" also counts as true
            }

            rest = rest[1..];
            if (!TryTakeItem(ref rest, out var value))
            {
                return false;
            }

            member = key switch
            {
                "error" => member with { Error = value.ToString() },
                ProxyStatus.Reason => member with { Reason = value.ToString() },
                "forwarded" => member with { Forwarded = value is not "?0" },
                _ => member,
            };
        }

        _rest = rest.TrimStart(" \t");
        _first = false;
        return true;
    }

    private static bool TryTakeItem(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> item) =>
        !rest.IsEmpty && rest[0] == '"' ? TryTakeString(ref rest, out item)
        : !rest.IsEmpty && rest[0] == '?' ? TryTakeBoolean(ref rest, out item)
        : TryTakeToken(ref rest, out item);

    private static bool TryTakeBoolean(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> item)
    {
        item = rest[..Math.Min(2, rest.Length)];
        rest = rest[item.Length..];
        return item is "?0" or "?1";
    }

    private static bool TryTakeToken(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> item)
    {
        var length = rest.IndexOfAny(Delimiters);
        item = length < 0 ? rest : rest[..length];
        rest = rest[item.Length..];
        return !item.IsEmpty;
    }

    private static bool TryTakeString(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> item)
    {
        for (var i = 1; i < rest.Length; i++)
        {
            switch (rest[i])
            {
                case '\\':
                    i++;
                    break;
                case '"':
                    item = rest[1..i];
                    rest = rest[(i + 1)..];
                    return true;
            }
        }

        item = default;
        return false;
    }
}

/// <summary>One member of a <c>Proxy-Status</c> list, limited to the parameters used here.</summary>
/// <param name="Name">Name of the proxy.</param>
/// <param name="Error">Error type, or null.</param>
/// <param name="Forwarded">True if the request was forwarded; null if not specified.</param>
/// <param name="Reason">Reason of the mesh, or null.</param>
internal readonly record struct ProxyStatusMember(string Name, string? Error, bool? Forwarded, string? Reason);
