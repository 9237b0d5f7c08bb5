using System.Collections.Concurrent;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Handshakes;

namespace GatewayMesh.Proxy.Streams;

/// <summary>
/// TLS contexts of this node's services, created once for each certificate. A renewed certificate gets a new context; connections keep
/// theirs.
/// </summary>
/// <param name="certificates">Certificates of this node.</param>
internal sealed class MeshContexts(ICertificates certificates) : IDisposable
{
    private readonly ConcurrentDictionary<(string Service, Side Side), (LeafCertificate Leaf, TlsContext Context)> _contexts = [];

    private enum Side
    {
        Client,
        Server,
        ServerWithTunnels,
    }

    /// <summary>Returns the context with which <paramref name="service"/> accepts peers; null without a valid certificate.</summary>
    /// <param name="service">The service.</param>
    /// <param name="tunnels">True if guards' tunnels are accepted as well.</param>
    public TlsContext? Server(string service, bool tunnels) => Of(service, tunnels ? Side.ServerWithTunnels : Side.Server);

    /// <summary>
    /// Returns the context with which <paramref name="service"/> connects for HTTP/1.1; null without a valid certificate.
    /// </summary>
    public TlsContext? Client(string service) => Of(service, Side.Client);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, context) in _contexts.Values)
        {
            context.Dispose();
        }

        _contexts.Clear();
    }

    private TlsContext? Of(string service, Side side)
    {
        if (certificates.Leaf(service) is not { } leaf)
        {
            return null;
        }

        if (_contexts.TryGetValue((service, side), out var known) && ReferenceEquals(known.Leaf, leaf))
        {
            return known.Context;
        }

        // Connections hold the old context; what nobody holds is left to its finalizer.
        var context = TlsContext.OfMesh(leaf, side != Side.Client, ProtocolsOf(side));
        _contexts[(service, side)] = (leaf, context);
        return context;
    }

    private static string[] ProtocolsOf(Side side) => side switch
    {
        Side.Client => [Name(ProtocolNames.Http1)],
        Side.Server => [Name(ProtocolNames.Http2), Name(ProtocolNames.Http1)],
        _ => [Name(ProtocolNames.Tunnel), Name(ProtocolNames.Http2), Name(ProtocolNames.Http1)],
    };

    private static string Name(System.Net.Security.SslApplicationProtocol protocol) => protocol.ToString();
}
