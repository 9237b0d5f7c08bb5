using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Benchmarks;

/// <summary>A plain GET as the server passes it on, for a data plane without a server.</summary>
internal sealed class SampleRequest
{
    private readonly DataPlane _plane;
    private readonly string _host;
    private readonly string _target;
    private readonly InboundConnection _arrival;

    public SampleRequest(DataPlane plane, string host, string target = "/orders/17?fields=all", ListenerSpec? listener = null)
    {
        _plane = plane;
        (_host, _target) = (host, target);
        _arrival = new InboundConnection(listener ?? SampleMesh.Outbound, System.Net.IPAddress.Loopback);
        Exchange = new Exchange(TimeProvider.System, new NoResponse());
    }

    public Exchange Exchange { get; }

    /// <summary>Starts the request.</summary>
    public void Begin()
    {
        var head = Exchange.Head;
        head.Method = "GET";
        head.Target = _target;
        head.Fields.Add("Host", _host);
        head.Fields.Add("X-Request-Id", "0123456789abcdef");
        head.Fields.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        Exchange.Begin(_arrival, _plane.Behaviors.Of(_arrival.Kind), _plane.Mesh);
    }

    /// <summary>Ends the request.</summary>
    public void End()
    {
        Exchange.LeaveLimits(default);
        Exchange.End();
    }

    private sealed class NoResponse : IResponseSink
    {
        public bool HasStarted => false;

        public int Status => 200;

        public long? ContentLength => null;

        public CancellationToken Aborted => CancellationToken.None;

        public Task SendAsync(LocalAnswer answer, bool close) => Task.CompletedTask;

        public void Slow(long rate)
        {
        }

        public void Abort()
        {
        }

        public bool IsAnsweredByServer(Exception failure) => false;
    }
}
