using System.Collections.Concurrent;
using System.Net;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Forwards through YARP's direct forwarder. YARP's own error responses are discarded because mesh responses come from one
/// location.
/// </summary>
internal sealed class YarpForwarder : IForwarder, IDisposable
{
    private const int MaxConfigs = 256;

    private readonly ConcurrentDictionary<(WireProtocol, TimeSpan), ForwarderRequestConfig> _configs = [];
    private readonly ServiceProvider _services;
    private readonly IHttpForwarder _forwarder;

    public YarpForwarder()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpForwarder();
        _services = services.BuildServiceProvider();
        _forwarder = _services.GetRequiredService<IHttpForwarder>();
    }

    /// <inheritdoc/>
    public async ValueTask<MeshError> ForwardAsync(Exchange exchange)
    {
        if (MethodStep.IsInWrongCase(exchange.Method))
        {
            return new MeshError(MeshErrorKind.NotImplemented, Forwarded: false, MethodStep.WrongCase);
        }

        var context = exchange.Response is ClientConnection client ? new ClientContext(exchange, client) : null;
        var server = exchange.Response as ServerExchange;
        var http = context?.Http ?? server!.Http;
        if (exchange.InboundConnection.IsHttp2)
        {
            DownstreamReset.Install(http);
        }

        // The forwarder reads these itself; everything else comes from the exchange's own head.
        http.Request.Body = exchange.Body;
        http.Request.Headers.Upgrade = exchange.Head.Fields[KnownField.Upgrade];
        var kept = exchange.Keyed is { } keyed ? new KeyedResponseStream(http, keyed) : null;
        try
        {
            return await ForwardAsync(exchange, http, context, kept).ConfigureAwait(false);
        }
        finally
        {
            kept?.Detach();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _services.Dispose();

    private async ValueTask<MeshError> ForwardAsync(
        Exchange exchange, DefaultHttpContext http, ClientContext? context, KeyedResponseStream? kept)
    {
        var hop = exchange.Attempt.Hop;
        var config = ConfigOf(hop.Upstream.Key.Protocol, exchange.Route.Policy.Timeouts.Idle);
        using var hedged = exchange.Attempt.Hedge is { } hedge ? new HedgedInvoker(exchange, hedge) : null;

        var result = await _forwarder.SendAsync(
            http,
            hop.Upstream.Prefix,
            hedged ?? hop.Upstream.Invoker,
            config,
            (exchange.Response as ServerExchange)?.Transformer ?? new MeshTransformer(exchange),
            exchange.CutOff).ConfigureAwait(false);
        if (exchange.Attempt.IsDropped)
        {
            return exchange.Attempt.Answered;
        }

        if (exchange.Attempt.Unsendable.IsError)
        {
            http.Features.Set<IForwarderErrorFeature>(null);
            http.Response.Clear();
            return exchange.Attempt.Unsendable;
        }

        if (result == ForwarderError.None || exchange.Attempt.IsWhole || exchange.Attempt.IsWithheld)
        {
            if (kept is not null && !exchange.Attempt.IsWithheld)
            {
                await kept.CompleteAsync().ConfigureAwait(false);
            }

            if (context is not null && !exchange.Attempt.IsWithheld)
            {
                await context.CompleteAsync().ConfigureAwait(false);
            }

            return MeshError.None;
        }

        var cause = http.Features.Get<IForwarderErrorFeature>()?.Exception;
        http.Features.Set<IForwarderErrorFeature>(null);
        var error = ForwardingErrors.Of(exchange, result, cause);
        if (http.Response.HasStarted)
        {
            http.Abort(); // the client has part of the response, which must not look complete
        }
        else
        {
            http.Response.Clear();
        }

        return error;
    }

    // One configuration per idle timeout in use. The bound protects memory from a registry that cycles through many values.
    private ForwarderRequestConfig ConfigOf(WireProtocol protocol, TimeSpan idle)
    {
        if (_configs.TryGetValue((protocol, idle), out var known))
        {
            return known;
        }

        var config = new ForwarderRequestConfig
        {
            Version = protocol == WireProtocol.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ActivityTimeout = idle > TimeSpan.Zero ? idle : Timeout.InfiniteTimeSpan,
        };
        return _configs.Count < MaxConfigs ? _configs.GetOrAdd((protocol, idle), config) : config;
    }
}
