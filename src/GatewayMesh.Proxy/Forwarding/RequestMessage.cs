using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Writes the head of a request into a message of the HTTP client.</summary>
internal static class RequestMessage
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Writes the head for <paramref name="hop"/>. Returns an error if the head must not be forwarded.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="hop">Hop that the message is sent over.</param>
    /// <param name="target">The message, with its content.</param>
    /// <param name="fields">Scratch table, cleared before and after.</param>
    public static MeshError Fill(Exchange exchange, in Hop hop, HttpRequestMessage target, FieldTable fields)
    {
        var isHttp2 = hop.Upstream.Key.Protocol == WireProtocol.Http2;
        target.RequestUri = new Uri(hop.Upstream.Prefix + ForwardedRequest.TargetOf(exchange, hop), Verbatim);
        target.Options.Set(UpstreamConnector.ConnectTimeout, exchange.Route.Policy.Timeouts.Connect);
        target.Options.Set(SendOnceHandler.Observer, exchange);
        if (isHttp2 && exchange.Behavior.LimitsCalls && exchange.Mesh.Limits.Find(hop.Lease.Endpoint.Service) is { } limits)
        {
            target.Options.Set(UpstreamConnector.Connections, limits.Http2);
        }

        fields.Clear();
        var error = ForwardedRequest.Write(exchange, hop, ref fields);
        if (!error.IsError)
        {
            List<KeyValuePair<string, StringValues>>? withoutBody = null;
            foreach (var field in fields.Lines)
            {
                Add(target, field, isHttp2 || Idempotence.Of(exchange.Method), ref withoutBody);
            }

            if (withoutBody is not null)
            {
                target.Options.Set(SendOnceHandler.ContentHeadersWithoutBody, withoutBody);
            }
        }

        fields.Clear();
        return error;
    }

    private static void Add(
        HttpRequestMessage target, FieldLine field, bool isSentWithoutContent, ref List<KeyValuePair<string, StringValues>>? withoutBody)
    {
        if (field.Name == "Host")
        {
            target.Headers.Host = field.Value;
        }
        else if (field.Name == "Expect" && field.Value.Equals("100-continue", StringComparison.OrdinalIgnoreCase))
        {
            target.Headers.ExpectContinue = true;
        }
        else if (target.Headers.TryAddWithoutValidation(field.Name, field.Value))
        {
        }
        else if (target.Content is { } content)
        {
            content.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }
        else if (isSentWithoutContent)
        {
            ContentFields.Add(target.Headers, field.Name, field.Value);
        }
        else
        {
            (withoutBody ??= []).Add(new(field.Name, field.Value));
        }
    }
}
