using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Tests.Http1;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>Heads for the next hop as bytes: the same rules as for a table of strings, byte for byte, and without allocation.</summary>
public sealed class ForwardedHeadTests
{
    private const int Rounds = 2000;

    private const string Request =
        "POST /orders/17?fields=all HTTP/1.1\r\nhost: payments\r\nuser-agent: a \u00E9\tb\r\nX-Customer:4711 \r\n"
        + "Connection: close, X-Named\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nTrailer: X-Sum\r\nUpgrade: h2c\r\nProxy-Connection: x\r\n"
        + "proxy-authorization: x\r\nExpect: 100-continue\r\nVIA: 1.0 front\r\nCookie: a=1\r\ncookie: b=2\r\nX-Real-IP: 1.2.3.4\r\n"
        + "Client-Cert: x\r\nX-Forwarded_For: 1.2.3.4\r\nX-Forwarded-For: 1.2.3.4\r\ngatewaymesh-hops: 7\r\nGatewayMesh-Unknown: 1\r\n"
        + "Content-Length: 5\r\nx-last:\r\n\r\n";

    private readonly byte[] _target = new byte[8192];

    [TestCase(TargetKind.MeshPeer, null)]
    [TestCase(TargetKind.MeshPeer, "orders")]
    [TestCase(TargetKind.BareInstance, null)]
    [TestCase(TargetKind.Application, null)]
    public async Task Bytes_and_strings_get_the_same_fields(object kind, string? destination)
    {
        await using var rig = await ForwardingRig.Create((TargetKind)kind, destination);
        rig.Receive(Request);
        var table = new FieldTable();
        Assert.That(ForwardedRequest.Write(rig.Exchange, rig.Hop, ref table).IsError, Is.False);
        Assert.That(Written(rig), Is.EqualTo(string.Concat(WireText.Lines(table).Select(line => line + "\r\n"))));
    }

    [Test]
    public async Task Received_fields_are_copied_and_ours_come_last()
    {
        await using var rig = await ForwardingRig.Create(TargetKind.Application, null);
        rig.Receive(Request);
        Assert.That(
            Written(rig),
            Is.EqualTo(
                "user-agent: a \u00E9\tb\r\nX-Customer: 4711\r\nCookie: a=1; b=2\r\nX-Forwarded-For: 1.2.3.4\r\nContent-Length: 5\r\n"
                + $"x-last: \r\nHost: payments\r\nVia: 1.0 front, 1.1 {rig.Exchange.Behavior.Pseudonym}\r\nExpect: 100-continue\r\n"));
    }

    [TestCase(TargetKind.MeshPeer)]
    [TestCase(TargetKind.Application)]
    public async Task A_request_is_written_without_allocation(object kind)
    {
        await using var rig = await ForwardingRig.Create((TargetKind)kind, "orders");
        rig.Receive(
            "GET /orders/17?fields=all HTTP/1.1\r\nHost: payments\r\nuser-agent: undici\r\naccept: */*\r\nX-Customer: 4711\r\n"
            + "cookie: a=1\r\nX-Request-Id: 0123456789abcdef\r\n\r\n");
        var length = 0;
        Assert.That(Steady(Round), Is.Zero);
        Assert.That(length, Is.GreaterThan(100 * Rounds), "work was done");

        void Round()
        {
            var writer = new HeadWriter(_target);
            writer.RequestLine(rig.Exchange.Head.Method, ForwardedRequest.TargetOf(rig.Exchange, rig.Hop));
            ForwardedRequest.Write(rig.Exchange, rig.Hop, ref writer);
            writer.EndHead();
            length += writer.Complete();
        }
    }

    [TestCase(TargetKind.MeshPeer)]
    [TestCase(TargetKind.Application)]
    public async Task A_response_gets_the_same_fields_as_bytes_without_allocation(object kind)
    {
        await using var rig = await ForwardingRig.Create((TargetKind)kind, null);
        rig.Receive("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        var response = new ResponseHead();
        var reader = new ResponseReader(HeadLimits.Response);
        reader.Read(
            WireText.Bytes(
                "HTTP/1.1 200 OK\r\nDate: x\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nX-Customer: 4711\r\n"
                + "gatewaymesh-node: a\r\nContent-Length: 5\r\nset-cookie: a\r\nset-cookie: b\r\n\r\n"),
            response);
        var table = new FieldTable();
        ForwardedResponse.Write(rig.Exchange, response, ref table);
        var expected = string.Concat(WireText.Lines(table).Select(line => line + "\r\n"));
        var length = 0;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                expected,
                Is.EqualTo(
                    "Date: x\r\nX-Customer: 4711\r\nContent-Length: 5\r\nset-cookie: a\r\nset-cookie: b\r\n"
                    + $"Via: 1.1 {rig.Exchange.Behavior.Pseudonym}\r\n"));
            Assert.That(Steady(Round), Is.Zero);
            Assert.That(WireText.Text(_target.AsSpan(0, length)), Is.EqualTo(expected));
        }

        void Round()
        {
            var writer = new HeadWriter(_target);
            ForwardedResponse.Write(rig.Exchange, response, ref writer);
            length = writer.Complete();
        }
    }

    [Test]
    public async Task A_response_that_names_its_framing_in_Connection_keeps_it()
    {
        await using var rig = await ForwardingRig.Create(TargetKind.Application, null);
        rig.Receive("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        var response = new ResponseHead();
        new ResponseReader(HeadLimits.Response).Read(
            WireText.Bytes(
                "HTTP/1.1 200 OK\r\nConnection: X-Named, Content-Length\r\nx-named: 1\r\nX-Other: 1\r\nContent-Length: 5\r\n\r\n"),
            response);
        var table = new FieldTable();
        ForwardedResponse.Write(rig.Exchange, response, ref table);
        Assert.That(WireText.Lines(table)[..^1], Is.EqualTo(["X-Other: 1", "Content-Length: 5"]));
    }

    [Test]
    public async Task Trailers_of_a_request_go_on_without_claims()
    {
        await using var rig = await ForwardingRig.Create(TargetKind.MeshPeer, null);
        rig.Receive("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        var trailers = new FieldTable();
        new ChunkedReader(HeadLimits.Request).Read(
            WireText.Bytes("0\r\nX-Sum: 7\r\nProxy-Status: a\r\nX-Forwarded_For: 1\r\ngatewaymesh-x: 1\r\n\r\n"), trailers);
        var table = new FieldTable();
        ForwardedRequest.WriteTrailers(rig.Exchange, trailers, ref table);
        Assert.That(WireText.Lines(table), Is.EqualTo(["X-Sum: 7"]));
    }

    private string Written(ForwardingRig rig)
    {
        var writer = new HeadWriter(_target);
        Assert.That(ForwardedRequest.Write(rig.Exchange, rig.Hop, ref writer).IsError, Is.False);
        return WireText.Text(_target.AsSpan(0, writer.Complete()));
    }

    // The first rounds fill caches.
    private static long Steady(Action round)
    {
        for (var i = 0; i < Rounds; i++)
        {
            round();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            round();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>An exchange that has come to an attempt.</summary>
    private sealed class ForwardingRig : IAsyncDisposable
    {
        private readonly Mesh _mesh;
        private readonly UpstreamPools _pools = new(TimeProvider.System);

        private ForwardingRig(Mesh mesh, TargetKind kind, string? destination)
        {
            _mesh = mesh;
            var set = mesh.Plane.Mesh.Endpoints.Find("payments")!;
            var tried = default(TriedEndpoints);
            new EndpointPicker(TimeProvider.System, new SplitMix(1)).TryPick(set, ref tried, out var lease);
            var upstream = _pools.Rent(new UpstreamKey("web", set.All[0].Model.Address, kind, WireProtocol.Http1, MayStand: false));
            Hop = new Hop(lease, kind, upstream, destination, Source: "web");
        }

        public Exchange Exchange { get; } = new(TimeProvider.System, new RecordedResponse());

        public Hop Hop { get; }

        public static async Task<ForwardingRig> Create(TargetKind kind, string? destination)
        {
            var mesh = (await Mesh.Start()).Service("payments", PolicyModel.Default, new HostPort("127.0.0.1", 1));
            return new ForwardingRig(mesh, kind, destination);
        }

        public void Receive(string head)
        {
            var reader = new RequestReader(HeadLimits.Request);
            Assert.That(reader.Read(WireText.Bytes(head), Exchange.Head), Is.EqualTo(HeadProgress.Head), () => reader.Fault.ToString());
            var inbound = new InboundConnection(
                new ListenerSpec("listener", ListenerKind.Outbound, new IPEndPoint(IPAddress.Loopback, 1)) { Service = "web" },
                IPAddress.Loopback);
            Exchange.Begin(inbound, _mesh.Plane.Behaviors.Of(ListenerKind.Outbound), _mesh.Plane.Mesh);
            new ConnectionFieldsStep().Take(Exchange);
            new TargetStep().Take(Exchange);
            Exchange.Route = new Route(_mesh.Plane.Mesh.Endpoints.Find("payments")!, Hop.Kind);
            Exchange.Attempts = new AttemptCount(1, 3);
            Exchange.StartAttempt(Hop);
        }

        public async ValueTask DisposeAsync()
        {
            Exchange.StopClock();
            Hop.Lease.End(EndpointOutcome.Success);
            _pools.Dispose();
            await _mesh.DisposeAsync();
        }
    }
}
