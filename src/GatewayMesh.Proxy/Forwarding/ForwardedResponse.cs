using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Head and trailers of a response for the client, as RFC 9110 §7.6 requires of an intermediary.</summary>
internal static class ForwardedResponse
{
    private const int SwitchingProtocols = 101;
    private const int NoContent = 204;

    /// <summary>Writes the fields of the head.</summary>
    public static void Write(Exchange exchange, ResponseHead from, FieldTable to)
    {
        Copy(from.Fields, to, from.Fields["Connection"]);
        if (from.Status == NoContent || from.Fields.Contains("Transfer-Encoding"))
        {
            to.Remove("Content-Length"); // RFC 9112 §6.3: chunked overrides it; RFC 9110 §8.6: 204 has none
        }

        DropClaims(exchange, to);
        var via = exchange.Behavior.AtTheEdge ? ViaField.WithoutNodes(to["Via"]) : to["Via"];
        to.Set("Via", ViaField.Extend(via, from.Version, exchange.Behavior.Pseudonym));
        if (!exchange.Close || from.Status == SwitchingProtocols)
        {
            return;
        }

        // Connection: close, or GOAWAY, after which HTTP/2 finishes running requests.
        if (exchange.InboundConnection.IsHttp2)
        {
            exchange.InboundConnection.EndBusyHttp2(exchange.Time);
        }
        else
        {
            to.Set("Connection", "close");
        }
    }

    /// <summary>Writes the fields of the trailers.</summary>
    public static void WriteTrailers(Exchange exchange, FieldTable from, FieldTable to)
    {
        Copy(from, to, connection: default);
        DropClaims(exchange, to);
    }

    // Removes fields with which an application claims to speak for the mesh, in the head or in the trailers.
    private static void DropClaims(Exchange exchange, FieldTable fields)
    {
        if ((exchange.Attempt.Hop.Kind != TargetKind.MeshPeer || exchange.Behavior.AtTheEdge)
            && fields[ProxyStatus.FieldName] is { Count: > 0 } status)
        {
            fields.Remove(ProxyStatus.FieldName);
            fields.Add(ProxyStatus.FieldName, ProxyStatusField.WithoutOurs(status));
        }

        if (exchange.Behavior.AtTheEdge)
        {
            fields.Remove(ClientCertificateField.Name); // an application that echoes fields must not reveal one client to another
        }
    }

    private static void Copy(FieldTable from, FieldTable to, StringValues connection)
    {
        foreach (ref readonly var field in from.Lines)
        {
            if (!MeshHeaders.IsMeshHeader(field.Name) && !HopByHop.Contains(field.Name, connection))
            {
                to.Add(field.Name, field.Value);
            }
        }
    }
}
