using GatewayMesh.Proxy.Cors;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Head and trailers of a response for the client, as RFC 9110 §7.6 requires of an intermediary.</summary>
internal static class ForwardedResponse
{
    private const int SwitchingProtocols = 101;
    private const int NoContent = 204;
    private const string SetCookie = "Set-Cookie";

    /// <summary>Writes the fields of the head. The protocol of the client's connection adds the framing of the content.</summary>
    public static void Write<TSink>(Exchange exchange, ResponseHead from, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        var connection = from.Fields[KnownField.Connection];
        var hasNames = HopByHop.HasNames(connection);

        // RFC 9112 §6.3: chunked overrides the length; RFC 9110 §8.6: 101 and 204 have none.
        var hasLength = from.Status is not (NoContent or SwitchingProtocols) && !from.Fields.Contains(KnownField.TransferEncoding);
        var hasVia = false;
        var edit = exchange.Attempt.Hop.Destination is null ? exchange.Route.Leaf?.Edits?.Response : null; // otherwise the gateway's
        var edgeEdit = exchange.Route.EdgeEdits?.Response;
        var isEdited = edit is not null || edgeEdit is not null;
        foreach (var field in from.Fields.Lines)
        {
            if (field.Known == KnownField.Via)
            {
                if (!hasVia)
                {
                    hasVia = true;
                    WriteVia(exchange, from, ref to);
                }
            }
            else if (isEdited && (edit?.Drops(field.Name) == true || edgeEdit?.Drops(field.Name) == true))
            {
            }
            else if (exchange.HasCors && CorsFields.IsOurs(field.Name))
            {
            }
            else if (!IsDropped(exchange, field)
                && (hasLength || field.Known != KnownField.ContentLength)
                && !(hasNames && HopByHop.Contains(field.Name, connection) && !HopByHop.IsOptionOnly(field.Name)))
            {
                to.Copy(field);
            }
        }

        WriteClaims(exchange, from.Fields, ref to);
        if (exchange.Cookies is { } cookies
            && exchange.Attempt.Hop.Destination is null // otherwise the gateway has chosen the instance
            && edit?.Drops(SetCookie) != true
            && edgeEdit?.Drops(SetCookie) != true)
        {
            for (var i = 0; i < cookies.Count; i++)
            {
                to.Add(SetCookie, cookies[i]);
            }
        }

        if (exchange.HasCors)
        {
            CorsFields.Write(exchange, ref to);
        }

        if (isEdited)
        {
            FieldWriter.WriteAdded(edit, edgeEdit, ref to);
        }

        if (exchange.Fault is { } fault)
        {
            to.Add(MeshHeaders.Fault, fault.Name);
        }

        if (!hasVia)
        {
            WriteVia(exchange, from, ref to);
        }
    }

    /// <summary>Writes the fields of an interim head.</summary>
    public static void WriteInterim<TSink>(Exchange exchange, ResponseHead from, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        foreach (var field in from.Fields.Lines)
        {
            if (!IsDropped(exchange, field) && field.Known is not (KnownField.ContentLength or KnownField.Via))
            {
                to.Copy(field);
            }
        }
    }

    /// <summary>Writes the fields of the trailers.</summary>
    public static void WriteTrailers<TSink>(Exchange exchange, FieldTable from, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        foreach (var field in from.Lines)
        {
            if (!IsDropped(exchange, field))
            {
                to.Copy(field);
            }
        }

        WriteClaims(exchange, from, ref to);
    }

    private static void WriteVia<TSink>(Exchange exchange, ResponseHead from, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        var via = from.Fields[KnownField.Via];
        ViaField.Write(
            ref to, exchange.Behavior.AtTheEdge ? ViaField.WithoutNodes(via) : via, from.Version, exchange.Behavior.Pseudonym);
    }

    private static bool IsDropped(Exchange exchange, FieldLine field) => field.Known switch
    {
        KnownField.None => MeshHeaders.IsMeshHeader(field),
        KnownField.ProxyStatus => DropsClaims(exchange), // WriteClaims
        KnownField.XForwardedClientCert => exchange.Behavior.AtTheEdge, // an echo must not reveal one client to another
        var known => MeshHeaders.Known.Contains(known) || HopByHop.Contains(known),
    };

    private static bool DropsClaims(Exchange exchange) =>
        exchange.Attempt.Hop.Kind != TargetKind.MeshPeer || exchange.Behavior.AtTheEdge;

    // What is left of a field with which an application may claim to speak for the mesh, in the head or in the trailers.
    private static void WriteClaims<TSink>(Exchange exchange, FieldTable fields, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        if (!fields.Contains(KnownField.ProxyStatus) || !DropsClaims(exchange))
        {
            return;
        }

        foreach (var line in ProxyStatusField.WithoutOurs(fields[KnownField.ProxyStatus]))
        {
            to.Add(ProxyStatus.FieldName, line ?? "");
        }
    }
}
