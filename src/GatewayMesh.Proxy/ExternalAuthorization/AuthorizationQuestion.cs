using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.ExternalAuthorization;

/// <summary>
/// A question to an authorization service, taken from the request once, so that other threads may send it: the chosen fields and, as at
/// nginx and Traefik, <c>X-Forwarded-Method</c>, <c>-Proto</c>, <c>-Host</c>, <c>-Uri</c>, and <c>-For</c>, all set here.
/// </summary>
/// <param name="Method">Method.</param>
/// <param name="Fields">Header fields.</param>
/// <param name="Body">Body; null for none.</param>
internal sealed record AuthorizationQuestion(string Method, ImmutableArray<Field> Fields, ArraySegment<byte>? Body)
{
    /// <summary>Returns the question about a request.</summary>
    public static AuthorizationQuestion Of(
        Exchange exchange, ExternalAuthorizationModel model, ClientAddresses clients, ArraySegment<byte>? body)
    {
        var lines = ImmutableArray.CreateBuilder<Field>();
        var fields = exchange.Head.Fields;
        foreach (var name in model.RequestHeaders)
        {
            if (!HopByHop.Contains(name, fields[KnownField.Connection]) && !MeshHeaders.IsMeshHeader(name))
            {
                foreach (var value in fields[name])
                {
                    lines.Add(new Field(name, value ?? ""));
                }
            }
        }

        lines.Add(new Field("X-Forwarded-Method", exchange.Method));
        lines.Add(new Field("X-Forwarded-Proto", exchange.Scheme));
        lines.Add(new Field("X-Forwarded-Host", exchange.Host));
        lines.Add(new Field("X-Forwarded-Uri", exchange.Target.PathAndQuery));
        lines.Add(new Field("X-Forwarded-For", clients.Of(exchange).ToString()));
        lines.Add(new Field("X-Request-Id", exchange.RequestId));
        return new AuthorizationQuestion(
            model.Method switch
            {
                AuthorizationMethod.Get => "GET",
                AuthorizationMethod.Post => "POST",
                _ => exchange.Method,
            },
            lines.ToImmutable(),
            body);
    }
}
