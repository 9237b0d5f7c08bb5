using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Messages;

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
        Remove(exchange.Head.Fields);
        return Verdict.Next;
    }

    /// <summary>Removes the fields that <c>Connection</c> names.</summary>
    public static void Remove(FieldTable fields)
    {
        foreach (var members in fields[KnownField.Connection])
        {
            foreach (var part in members.AsSpan().Split(','))
            {
                var member = members.AsSpan(part).Trim();
                if (!member.IsEmpty && !HopByHop.IsOptionOnly(member))
                {
                    fields.Remove(member.ToString());
                }
            }
        }
    }
}
