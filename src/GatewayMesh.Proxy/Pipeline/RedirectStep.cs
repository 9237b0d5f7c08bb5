using System.Buffers;
using System.Globalization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Redirects clients of a public listener to HTTPS, with 308 to keep method and body (RFC 9110 §15.4.9).</summary>
internal sealed class RedirectStep : IStep
{
    private const int Https = 443;

    // Characters of a name, an IPv4 address, or a bracketed IPv6 address; none can end the authority of the new target.
    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._[]:");

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.InboundConnection.Edge?.Spec.Redirect is not { } port)
        {
            return Verdict.Next;
        }

        var host = HostNames.WithoutPort(exchange.Host);
        if (host.IsEmpty || host.ContainsAnyExcept(HostCharacters))
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "host");
        }

        var location = port == Https
            ? $"https://{host}{exchange.Target.PathAndQuery}"
            : string.Create(CultureInfo.InvariantCulture, $"https://{host}:{port}{exchange.Target.PathAndQuery}");
        return Verdict.Reply(new LocalAnswer(308, [new Field("Location", location)], default));
    }
}
