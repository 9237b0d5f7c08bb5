using System.Globalization;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Head of a request for the next hop: the received fields as RFC 9110 §7.6 requires of an intermediary, then the mesh's own, which
/// nothing a client sends can remove. The same for every protocol of the hop.
/// </summary>
internal static class ForwardedRequest
{
    private const long MaxTimeoutMilliseconds = 86_400_000; // peers reject more than a day

    /// <summary>Returns the target for <paramref name="hop"/>.</summary>
    public static string TargetOf(Exchange exchange, in Hop hop) =>
        exchange.Target.IsAsterisk ? (IsHttp2(hop) ? "/" : AsteriskTarget.Path)
        : hop.Destination is null ? exchange.Forwarded
        : exchange.Target.PathAndQuery;

    /// <summary>Writes the fields for <paramref name="hop"/>. Returns an error if a received field must not be forwarded.</summary>
    public static MeshError Write(Exchange exchange, in Hop hop, FieldTable to)
    {
        var head = exchange.Head;
        var cookies = 0;
        foreach (ref readonly var field in head.Fields.Lines)
        {
            if (!FieldSyntax.IsValid(field.Name, field.Value, head.IsHttp2))
            {
                return new MeshError(MeshErrorKind.RequestMalformed, Forwarded: false, "field");
            }

            // Fields named by Connection were removed earlier.
            if (IsOurs(exchange, field.Name)
                || (!exchange.SpeaksOfClients && OutsideFields.IsForged(field.Name))
                || (exchange.CallDeadline.IsSet && Is(field.Name, GrpcFields.Timeout))
                || HopByHop.Contains(field.Name, connection: default))
            {
                continue;
            }

            cookies += Is(field.Name, "Cookie") ? 1 : 0;
            to.Add(field.Name, field.Value);
        }

        if (cookies > 1)
        {
            to.Set("Cookie", string.Join("; ", (IEnumerable<string?>)to["Cookie"])); // HTTP/2 cookie crumbs, RFC 9113 §8.2.3
        }

        Add(exchange, hop, to);
        return MeshError.None;
    }

    private static bool IsHttp2(in Hop hop) => hop.Upstream.Key.Protocol == WireProtocol.Http2;

    private static bool Is(string name, string expected) => name.Equals(expected, StringComparison.OrdinalIgnoreCase);

    // Written by Add.
    private static bool IsOurs(Exchange exchange, string name) =>
        Is(name, "Host")
        || Is(name, "Via")
        || Is(name, "Expect")
        || (exchange.ForwardsLeft is not null && Is(name, "Max-Forwards"))
        || MeshHeaders.IsMeshHeader(name);

    private static void Add(Exchange exchange, in Hop hop, FieldTable to)
    {
        var head = exchange.Head;
        if (exchange.Host is { Length: > 0 } host)
        {
            to.Add("Host", host);
        }

        to.Add("Via", ViaField.Extend(head.Fields["Via"], head.Version, exchange.Behavior.Pseudonym));
        if (head.Fields["Expect"] is [{ } expectation])
        {
            to.Add("Expect", expectation);
        }

        // "trailers" is the only member of TE that HTTP/2 allows, and gRPC servers require it (RFC 9113 §8.2.2).
        if (IsHttp2(hop) && (exchange.IsGrpc || head.Fields["TE"].ToString().Contains("trailers", StringComparison.OrdinalIgnoreCase)))
        {
            to.Add("TE", "trailers");
        }

        if (exchange.CallDeadline is { IsSet: true } call)
        {
            to.Add(GrpcFields.Timeout, GrpcTimeout.Write(call.Remaining));
        }

        if (exchange.ForwardsLeft is { } left)
        {
            to.Add("Max-Forwards", left.ToString(CultureInfo.InvariantCulture));
        }

        // Applications receive the criticality too, so they can pass it on with the calls they make for this request.
        if (hop.Kind != TargetKind.BareInstance && exchange.Criticality is not Criticality.Default and var criticality)
        {
            to.Add(MeshHeaders.Criticality, CriticalityWord.Of(criticality));
        }

        if (hop.Kind == TargetKind.MeshPeer)
        {
            AddMeshHeaders(exchange, hop, to);
        }
    }

    private static void AddMeshHeaders(Exchange exchange, in Hop hop, FieldTable to)
    {
        to.Add(MeshHeaders.Attempt, exchange.Attempts.Number.ToString(CultureInfo.InvariantCulture));
        to.Add(MeshHeaders.Hops, (exchange.PeerHeaders.Hops + 1).ToString(CultureInfo.InvariantCulture));
        if (exchange.Deadline.RemainingMilliseconds is { } milliseconds)
        {
            to.Add(MeshHeaders.TimeoutMs, Math.Min(milliseconds, MaxTimeoutMilliseconds).ToString(CultureInfo.InvariantCulture));
        }

        if (hop.Source is { } source)
        {
            to.Add(MeshHeaders.Source, source);
        }

        if (hop.Destination is { } destination)
        {
            to.Add(MeshHeaders.Destination, destination);
            if (exchange.Draw is { } draw)
            {
                to.Add(MeshHeaders.Draw, draw.Number.ToString("x16", CultureInfo.InvariantCulture));
            }
        }

        if (hop.Bypass)
        {
            to.Add(MeshHeaders.Bypass, MeshHeaderValues.BypassesSidecar);
        }
    }
}
