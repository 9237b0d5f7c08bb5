using System.Collections.Frozen;
using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Public hosts of one ingress port.</summary>
/// <param name="Hosts">Service by host (lower case): plain names, <c>*.SUFFIX</c>, <c>PREFIX.*</c>; <c>*</c> is the default.</param>
public sealed record IngressModel(FrozenDictionary<string, string> Hosts)
{
    /// <summary>Changes to header fields by service. Default: none.</summary>
    public FrozenDictionary<string, FieldEdits> Edits { get; init; } = FrozenDictionary<string, FieldEdits>.Empty;

    /// <summary>
    /// Returns the service of <paramref name="host"/> (any case, no port), or null: the plain name first, then the longest <c>*.SUFFIX</c>,
    /// then the longest <c>PREFIX.*</c>, then <c>*</c>.
    /// </summary>
    public string? Find(ReadOnlySpan<char> host)
    {
        if (host is [.. var rooted, '.'])
        {
            host = rooted;
        }

        // A pattern is slightly longer than the host; DNS bounds host names, so the stack is large enough.
        Span<char> pattern = stackalloc char[256];
        if (host.Length > pattern.Length - 2)
        {
            return Hosts.GetValueOrDefault("*");
        }

        var services = Hosts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (services.TryGetValue(host, out var service))
        {
            return service;
        }

        for (var dot = host.IndexOf('.'); dot >= 0; dot = Next(host, dot))
        {
            pattern[0] = '*';
            host[dot..].CopyTo(pattern[1..]);
            if (services.TryGetValue(pattern[..(host.Length - dot + 1)], out service))
            {
                return service;
            }
        }

        for (var dot = host.LastIndexOf('.'); dot > 0; dot = host[..dot].LastIndexOf('.'))
        {
            host[..dot].CopyTo(pattern);
            (pattern[dot], pattern[dot + 1]) = ('.', '*');
            if (services.TryGetValue(pattern[..(dot + 2)], out service))
            {
                return service;
            }
        }

        return Hosts.GetValueOrDefault("*");
    }

    private static int Next(ReadOnlySpan<char> host, int dot)
    {
        var next = host[(dot + 1)..].IndexOf('.');
        return next < 0 ? -1 : dot + 1 + next;
    }
}
