using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Pipeline;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// Key and cost of a request under a rate limit. Allocates nothing. A request without a part (a header field, a claim) shares a bucket
/// with the others without it, so that leaving the part out is no way around the limit.
/// </summary>
internal sealed class RequestKey(ClientAddresses clients, UInt128 secret)
{
    private const ulong Copy = 1;

    /// <summary>Returns the key of <paramref name="exchange"/>; the same at all nodes for a limit over the mesh.</summary>
    public UInt128 Of(Exchange exchange, RateLimitModel model)
    {
        var hash = model.Scope == RateLimitScope.Mesh ? KeyHash.Shared() : new KeyHash(secret);
        if (exchange.PeerHeaders.IsMirror)
        {
            hash.Add(Copy);
        }

        foreach (var key in model.By)
        {
            switch (key.From)
            {
                case RateLimitKeySource.Source:
                    hash.Add(exchange.Caller.Service);
                    break;
                case RateLimitKeySource.Method:
                    hash.Add(exchange.Method);
                    break;
                case RateLimitKeySource.Path:
                    hash.Add(RoutePath.Read(exchange.Target.PathAndQuery, out _));
                    break;
                case RateLimitKeySource.Header:
                    AddField(ref hash, exchange.Head.Fields[key.Name]);
                    break;
                case RateLimitKeySource.Claim:
                    AddClaim(ref hash, exchange.Claims, key.Name);
                    break;
                default:
                    AddAddress(ref hash, clients.Of(exchange));
                    break;
            }
        }

        return hash.End();
    }

    /// <summary>Returns the tokens that <paramref name="exchange"/> takes.</summary>
    public static int CostOf(Exchange exchange, RateLimitModel model)
    {
        var cost = model.Cost;
        return Math.Min(
            model.Burst,
            cost.Header is { } name
                && exchange.Head.Fields[name] is [{ } text]
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && value is > 0 and <= RateLimitCost.Max
                ? value
                : cost.Default);
    }

    private static void AddField(ref KeyHash hash, StringValues lines)
    {
        hash.Add((ulong)lines.Count);
        foreach (var line in lines)
        {
            hash.Add(line);
        }
    }

    // A claim is a statement of its issuer: the same subject of two issuers is two clients (RFC 7519 §4.1.2).
    private static void AddClaim(ref KeyHash hash, VerifiedClaims? claims, string name)
    {
        if (claims?.Find(name) is not { } claim)
        {
            hash.AddNone();
            return;
        }

        hash.Add(claims.Find("iss"));
        hash.Add(claim);
    }

    // A host in IPv6 has at least a /64 to itself (RFC 6177), so an address alone would be no bound.
    private static void AddAddress(ref KeyHash hash, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
        {
            _ = address.TryWriteBytes(bytes, out _);
            hash.Add(6);
            hash.Add(BitConverter.ToUInt64(bytes));
        }
        else
        {
            // The last four bytes of a mapped address are the address in IPv4.
            _ = address.TryWriteBytes(bytes, out var length);
            hash.Add(4);
            hash.Add(BitConverter.ToUInt32(bytes[(length - 4)..length]));
        }
    }
}
