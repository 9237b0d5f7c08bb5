using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// A request as permissions see it: its fields as the application will get them, without the mesh's own, those of the connection, and those by which only the ingress
/// speaks of clients; <c>X-Forwarded-*</c> as the caller's side sent them.
/// </summary>
internal sealed class ExchangeFacts(Exchange exchange) : IRequestFacts
{
    /// <inheritdoc/>
    public string Method => exchange.Http.Request.Method;

    /// <inheritdoc/>
    public IReadOnlyList<string> Paths => PathReadings.Of(exchange.Forwarded);

    /// <inheritdoc/>
    public string? Field(string name)
    {
        var headers = exchange.Http.Request.Headers;
        if (name == "host")
        {
            return exchange.Host is { Length: > 0 } host ? host : null;
        }

        return headers.TryGetValue(name, out var values) && !IsHidden(name) && !HopByHop.Contains(name, headers.Connection) ? values.ToString() : null;
    }

    private bool IsHidden(string name) => MeshHeaders.IsMeshHeader(name) || (!exchange.SpeaksOfClients && OutsideFields.IsForged(name));
}
