using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Listeners.Floods;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Streams;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>The server behind all listeners: the mesh's own connections for HTTP/1.1, and Kestrel for HTTP/2.</summary>
internal sealed class MeshServer : IDisposable
{
    private readonly KestrelServer _server;
    private readonly ServerApplication _application;
    private readonly PeerTerms? _peers;
    private readonly MeshContexts? _contexts;

    /// <summary>Creates a server that does not run yet.</summary>
    /// <param name="options">Options of the data plane.</param>
    /// <param name="entry">Entry of requests.</param>
    /// <param name="listeners">Lent listeners.</param>
    /// <param name="connections">Open connections.</param>
    /// <param name="edge">Public listeners.</param>
    /// <param name="traffic">Drain flag.</param>
    /// <param name="admission">Load of a gateway, which a full gateway reports to guards.</param>
    /// <param name="metrics">Metrics of the mesh.</param>
    /// <param name="random">Randomness of the age of carried connections.</param>
    public MeshServer(
        DataPlaneOptions options,
        RequestEntry entry,
        LentListeners listeners,
        OpenConnections connections,
        EdgeListeners edge,
        Traffic traffic,
        GatewayAdmission admission,
        MeshMetrics metrics,
        SplitMix random)
    {
        var (time, limits) = (options.Time, options.Limits);
        var log = options.Logs.CreateLogger("GatewayMesh.Proxy");
        _application = new ServerApplication(entry);
        if (options.Certificates is { } shown)
        {
            _contexts = new MeshContexts(shown);
            _peers = new PeerTerms(shown, _contexts, time);
        }

        var http2 = new Http2Listener();
        _server = new KestrelServer(
            Microsoft.Extensions.Options.Options.Create(ServerSettings.For(limits, new FloodGuard(limits, metrics, log, time))),
            http2,
            options.Logs);
        listeners.Serve = new ConnectionEntry(
            connections,
            new EdgeConnectionMiddleware(edge, limits, metrics, log, time),
            new TlsConnectionMiddleware(TermsOf, limits, new TlsFaults(metrics, log, time), time),
            new TunnelConnectionMiddleware(time, random, options.MaxCarriedAge, () => traffic.Draining, () => admission.IsFull),
            new ProtocolConnectionMiddleware(entry, http2, new IdleMemory(time), limits, time),
            traffic.Failed).ServeAsync;
    }

    /// <summary>For tests: TLS terms of listeners in place of their kind's own. Default: null.</summary>
    public Func<InboundConnection, TlsTerms?>? Terms { get; set; }

    /// <summary>Starts the server. The server accepts no connection until listeners are open and lent.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(_application, cancellationToken);

    /// <summary>Stops the server.</summary>
    /// <param name="cancellationToken">Ends the wait for connections.</param>
    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _server.Dispose();
        _contexts?.Dispose();
    }

    private TlsTerms? TermsOf(InboundConnection inbound) => _peers?.Of(inbound) ?? Terms?.Invoke(inbound) ?? inbound.Edge?.Tls?.Terms;
}
