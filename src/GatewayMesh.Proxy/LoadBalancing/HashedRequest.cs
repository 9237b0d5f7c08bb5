using System.Net;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Balancers;
using GatewayMesh.Proxy.Messages;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Hashes a request by the sources that the policy names, in order. Texts are hashed as received, query parameters without decoding.
/// Allocates nothing unless a cookie is made.
/// </summary>
internal static class HashedRequest
{
    /// <summary>
    /// Returns the hash of the request; none if <paramref name="model"/> uses another policy, or the request has none of the named sources.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="model">Names the sources.</param>
    /// <param name="random">Source of the values of cookies that the policy makes; null makes none.</param>
    public static RequestHash Of(IHashedRequest request, LoadBalancingModel model, SplitMix? random)
    {
        var hash = RequestHash.None;
        if (model.Policy is not (BalancingPolicy.RingHash or BalancingPolicy.Maglev))
        {
            return hash;
        }

        foreach (var key in model.Hash)
        {
            hash = key.From switch
            {
                HashSource.Header => OfField(hash, request.Head.Fields[key.Name]),
                HashSource.Cookie => OfCookie(hash, request, key, random),
                HashSource.Query => OfQuery(hash, request.Target.PathAndQuery, key.Name),
                _ => OfSource(hash, request),
            };
            if (hash.IsSet && key.Terminal)
            {
                break;
            }
        }

        return hash;
    }

    private static RequestHash OfField(RequestHash hash, StringValues lines)
    {
        foreach (var line in lines)
        {
            hash = hash.With(StableHash.Of(line));
        }

        return hash;
    }

    private static RequestHash OfCookie(RequestHash hash, IHashedRequest request, HashKey key, SplitMix? random)
    {
        if (ValueOf(request.Head.Fields[KnownField.Cookie], key.Name) is { IsEmpty: false } value)
        {
            return hash.With(StableHash.Of(value));
        }

        if (key.Made is not { } cookie || random is null)
        {
            return hash;
        }

        var made = request.Cookies ??= new AffinityCookies(random);
        made.Make(key.Name, cookie);
        return hash.With(StableHash.Of(made.Value));
    }

    // Without quotes, as in Envoy. Empty for none: a cookie with an empty value chooses no instance.
    private static ReadOnlySpan<char> ValueOf(StringValues lines, string name)
    {
        foreach (var line in lines)
        {
            var rest = line.AsSpan();
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf(';');
                var pair = (end < 0 ? rest : rest[..end]).Trim();
                rest = end < 0 ? [] : rest[(end + 1)..];
                if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal))
                {
                    var value = pair[(name.Length + 1)..];
                    return value is ['"', .., '"'] ? value[1..^1] : value;
                }
            }
        }

        return [];
    }

    private static RequestHash OfQuery(RequestHash hash, ReadOnlySpan<char> target, string name)
    {
        var begin = target.IndexOf('?');
        var rest = begin < 0 ? [] : target[(begin + 1)..];
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf('&');
            var pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (pair.StartsWith(name, StringComparison.Ordinal) && (pair.Length == name.Length || pair[name.Length] == '='))
            {
                return hash.With(StableHash.Of(pair.Length == name.Length ? [] : pair[(name.Length + 1)..]));
            }
        }

        return hash;
    }

    // At the edge the client could forge the field, unless a trusted proxy sent it; inside the mesh the edge set it.
    private static RequestHash OfSource(RequestHash hash, IHashedRequest request)
    {
        var inbound = request.InboundConnection;
        if ((inbound.IsTrustedProxy || !request.Behavior.AtTheEdge)
            && request.Head.Fields[KnownField.XForwardedFor] is [{ Length: > 0 } chain, ..])
        {
            var comma = chain.IndexOf(',', StringComparison.Ordinal);
            return hash.With(StableHash.Of((comma < 0 ? chain.AsSpan() : chain.AsSpan(0, comma)).Trim()));
        }

        return OfAddress(hash, inbound.Peer);
    }

    // Hashes the address as text, so that an address from the edge's field and from the connection hash alike.
    private static RequestHash OfAddress(RequestHash hash, IPAddress address)
    {
        Span<char> text = stackalloc char[64];
        return address.TryFormat(text, out var length) ? hash.With(StableHash.Of(text[..length])) : hash;
    }
}
