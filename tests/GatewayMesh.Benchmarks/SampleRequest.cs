using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Benchmarks;

/// <summary>A plain GET as the server passes it on, for a data plane without a server.</summary>
internal sealed class SampleRequest
{
    private readonly DataPlane _plane;
    private readonly InboundConnection _arrival = new(SampleMesh.Outbound, System.Net.IPAddress.Loopback);

    public SampleRequest(DataPlane plane, string host, string target = "/orders/17?fields=all")
    {
        _plane = plane;
        var http = new DefaultHttpContext();
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        http.Request.Protocol = "HTTP/1.1";
        http.Request.Method = "GET";
        http.Request.Headers.Host = host;
        http.Request.Headers["X-Request-Id"] = "0123456789abcdef";
        http.Request.Headers["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Exchange = new Exchange(TimeProvider.System, http);
    }

    public Exchange Exchange { get; }

    /// <summary>Starts the request.</summary>
    public void Begin() => Exchange.Begin(_arrival, _plane.Behaviours.Of(_arrival.Kind), _plane.Mesh);

    /// <summary>Ends the request.</summary>
    public void End()
    {
        Exchange.LeaveLimits(default);
        Exchange.End();
    }
}
