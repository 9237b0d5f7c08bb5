using System.Net;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Over YARP's direct forwarder. What it would answer by itself is thrown away: the mesh's answers come from one place.</summary>
internal sealed class YarpForwarder : IForwarder, IDisposable
{
    /// <summary>A body that moves in neither direction for this long is given up.</summary>
    private static readonly TimeSpan StreamIdle = TimeSpan.FromMinutes(5);

    private static readonly ForwarderRequestConfig Http1 = Config(HttpVersion.Version11);
    private static readonly ForwarderRequestConfig Http2 = Config(HttpVersion.Version20);

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
        var http = exchange.Http;
        var hop = exchange.Hop;
        var config = hop.Upstream.Key.Protocol == WireProtocol.Http2 ? Http2 : Http1;
        if (exchange.Arrival.IsHttp2)
        {
            DownstreamReset.Install(http);
        }

        var result = await _forwarder.SendAsync(http, hop.Upstream.Prefix, hop.Upstream.Invoker, config, exchange.Transformer, exchange.CutOff).ConfigureAwait(false);
        if (exchange.Dropped)
        {
            return exchange.Answered;
        }

        if (result == ForwarderError.None || exchange.IsAnswerWhole)
        {
            return MeshError.None;
        }

        var cause = http.Features.Get<IForwarderErrorFeature>()?.Exception;
        http.Features.Set<IForwarderErrorFeature>(null);
        var error = ForwardingErrors.Of(exchange, result, cause);
        if (http.Response.HasStarted)
        {
            http.Abort(); // part of the answer is out: it must not look complete
        }
        else
        {
            http.Response.Clear();
        }

        return error;
    }

    /// <inheritdoc/>
    public void Dispose() => _services.Dispose();

    private static ForwarderRequestConfig Config(Version version) => new()
    {
        Version = version,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        ActivityTimeout = StreamIdle,
    };
}
