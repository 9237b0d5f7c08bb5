using GatewayMesh.Proxy.Forwarding;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Removes the fields that the client's <c>Connection</c> names (RFC 9110 §7.6.1). Runs first: fields that the mesh or the ingress adds
/// later (<c>X-Forwarded-For</c>, <c>traceparent</c>, …) did not come from the client, so the client cannot remove them.
/// </summary>
internal sealed class ConnectionFieldsStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        // The server reduces "X-Foo, keep-alive" to one of its own words; the recorded bytes have all members.
        if (exchange.InboundConnection.Head is { Connection: { } members })
        {
            Remove(exchange.Http.Request.Headers, members);
        }

        return Verdict.Next;
    }

    private static void Remove(IHeaderDictionary headers, string members)
    {
        foreach (var part in members.AsSpan().Split(','))
        {
            var member = members.AsSpan(part).Trim();
            if (!member.IsEmpty && !HopByHop.IsOptionOnly(member))
            {
                headers.Remove(member.ToString());
            }
        }
    }
}
