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
    private const int MaxDigits = 20; // of a 64-bit number
    private const long MaxTimeoutMilliseconds = 86_400_000; // peers reject more than a day

    // Written by Add, or never.
    private static readonly FieldSet Ours = new(
        FieldSet.Of(KnownField.Host, KnownField.Via, KnownField.Expect).Bits | MeshHeaders.Known.Bits);

    // Only the ingress speaks of clients: the known ones of OutsideFields.IsForged.
    private static readonly FieldSet Claims = FieldSet.Of(
        KnownField.XForwardedClientCert,
        KnownField.ClientCert,
        KnownField.ClientCertChain,
        KnownField.XRealIP,
        KnownField.ProxyStatus);

    /// <summary>Returns the target for <paramref name="hop"/>.</summary>
    public static string TargetOf(Exchange exchange, in Hop hop) =>
        exchange.Target.IsAsterisk ? (IsHttp2(hop) ? "/" : AsteriskTarget.Path)
        : hop.Destination is null ? exchange.Forwarded
        : exchange.Target.PathAndQuery;

    /// <summary>Writes the fields for <paramref name="hop"/>. Returns an error if a received field must not be forwarded.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="hop">The hop.</param>
    /// <param name="to">Receives the fields; incomplete with an error.</param>
    public static MeshError Write<TSink>(Exchange exchange, in Hop hop, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        var head = exchange.Head;
        var hasCrumbs = head.Fields.HasSeveral(KnownField.Cookie);
        var hasCookies = false;
        var edit = hop.Destination is null ? exchange.Route.Leaf?.Edits?.Request : null; // a gateway evaluates the same rules
        var edgeEdit = exchange.Route.EdgeEdits?.Request;
        var isEdited = edit is not null || edgeEdit is not null;
        var withheld = hop.Kind == TargetKind.MeshPeer ? [] : exchange.WithheldFields; // a proxy of the mesh verifies it again
        foreach (var field in head.Fields.Lines)
        {
            if (field is { IsReceived: false, HasValueBytes: false } && !FieldSyntax.IsValid(field.Name, field.Value, head.IsHttp2))
            {
                return new MeshError(MeshErrorKind.RequestMalformed, Forwarded: false, "field");
            }

            // Fields named by Connection were removed earlier.
            if (field.Known == KnownField.None ? IsDropped(exchange, field) : IsDropped(exchange, field.Known))
            {
                continue;
            }

            if (!withheld.IsEmpty && withheld.Contains(field.Name, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            if (isEdited && (edit?.Drops(field.Name) == true || edgeEdit?.Drops(field.Name) == true))
            {
                continue;
            }

            if (field.Known != KnownField.Cookie || !hasCrumbs)
            {
                to.Copy(field);
            }
            else if (!hasCookies)
            {
                // Cookie crumbs of HTTP/2 become one line (RFC 9113 §8.2.3).
                hasCookies = true;
                to.Add("Cookie", string.Join("; ", (IEnumerable<string?>)head.Fields[KnownField.Cookie]));
            }
        }

        if (isEdited)
        {
            FieldWriter.WriteAdded(edit, edgeEdit, ref to);
        }

        Add(exchange, hop, ref to);
        return MeshError.None;
    }

    /// <summary>
    /// Writes the fields of the trailers. Those that would change the head's meaning were dropped when they were read. Verified fields, and
    /// fields about clients, are never in trailers, and servers merge trailers into the head.
    /// </summary>
    public static void WriteTrailers<TSink>(Exchange exchange, FieldTable from, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        foreach (var field in from.Lines)
        {
            if (!(field.Known == KnownField.None ? IsDropped(exchange, field) : IsDropped(exchange, field.Known))
                && !OutsideFields.IsAboutClients(field)
                && !VerifiedFields.Contains(exchange, field.Name))
            {
                to.Copy(field);
            }
        }
    }

    private static bool IsHttp2(in Hop hop) => hop.Upstream.Key.Protocol == WireProtocol.Http2;

    private static bool IsDropped(Exchange exchange, FieldLine field) =>
        MeshHeaders.IsMeshHeader(field) || (!exchange.SpeaksOfClients && OutsideFields.IsForged(field));

    private static bool IsDropped(Exchange exchange, KnownField field) =>
        Ours.Contains(field)
        || HopByHop.Contains(field)
        || (Claims.Contains(field) && !exchange.SpeaksOfClients)
        || (field == KnownField.MaxForwards && exchange.ForwardsLeft is not null)
        || (field == KnownField.GrpcTimeout && exchange.CallDeadline.IsSet);

    private static void Add<TSink>(Exchange exchange, in Hop hop, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        var head = exchange.Head;
        var rewritten = hop.Destination is null ? exchange.Route.Leaf?.Host : null; // a gateway evaluates the same rules
        if (exchange.Host is { Length: > 0 } host)
        {
            to.Add("Host", rewritten ?? host);
        }

        ViaField.Write(ref to, head.Fields[KnownField.Via], head.Version, exchange.Behavior.Pseudonym);
        if (head.Fields[KnownField.Expect] is [{ } expectation])
        {
            to.Add("Expect", expectation);
        }

        // "trailers" is the only member of TE that HTTP/2 allows, and gRPC servers require it (RFC 9113 §8.2.2).
        if (IsHttp2(hop)
            && (exchange.IsGrpc || head.Fields[KnownField.TE].ToString().Contains("trailers", StringComparison.OrdinalIgnoreCase)))
        {
            to.Add("TE", "trailers");
        }

        if (exchange.CallDeadline is { IsSet: true } call)
        {
            to.Add(GrpcFields.Timeout, GrpcTimeout.Write(call.Remaining));
        }

        if (exchange.ForwardsLeft is { } left)
        {
            AddNumber("Max-Forwards", left, ref to);
        }

        // Applications receive the criticality too, so they can pass it on with the calls they make for this request.
        if (hop.Kind != TargetKind.BareInstance && exchange.Criticality is not Criticality.Default and var criticality)
        {
            to.Add(MeshHeaders.Criticality, CriticalityWord.Of(criticality));
        }

        if (exchange.PeerHeaders.IsMirror)
        {
            to.Add(MeshHeaders.Mirror, MeshHeaderValues.Mirrored);
        }

        if (hop.Kind == TargetKind.MeshPeer)
        {
            AddMeshHeaders(exchange, hop, ref to);
        }
    }

    private static void AddMeshHeaders<TSink>(Exchange exchange, in Hop hop, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        AddNumber(MeshHeaders.Attempt, exchange.Attempts.Number, ref to);
        AddNumber(MeshHeaders.Hops, exchange.PeerHeaders.Hops + 1, ref to);
        if (exchange.Deadline.RemainingMilliseconds is { } milliseconds)
        {
            AddNumber(MeshHeaders.TimeoutMs, Math.Min(milliseconds, MaxTimeoutMilliseconds), ref to);
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
                AddNumber(MeshHeaders.Draw, draw.Number, ref to, "x16");
            }
        }

        // A copy for another service has flags of its own.
        if (exchange.Flag is { } flag && (hop.Destination is not null || hop.Lease.Endpoint.Service == exchange.Destination))
        {
            to.Add(MeshHeaders.Flag, flag);
        }

        if (hop.Bypass)
        {
            to.Add(MeshHeaders.Bypass, MeshHeaderValues.BypassesSidecar);
        }
    }

    private static void AddNumber<TNumber, TSink>(string name, TNumber value, ref TSink to, ReadOnlySpan<char> format = default)
        where TNumber : ISpanFormattable
        where TSink : IFieldSink, allows ref struct
    {
        Span<char> digits = stackalloc char[MaxDigits];
        value.TryFormat(digits, out var count, format, CultureInfo.InvariantCulture);
        to.Add(name, digits[..count]);
    }
}
