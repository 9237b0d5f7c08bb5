using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.AdaptiveConcurrency;

/// <summary>Adaptive concurrency on the wire: at the callee's sidecar and at a gateway for itself.</summary>
public class MeasuredListenerTests
{
    private const string Call = "GET / HTTP/1.1\r\nHost: payments\r\n\r\n";
    private static readonly AdaptiveConcurrencyModel Model = new()
    {
        Enabled = true,
        MinConcurrency = 1,
        SampleWindow = TimeSpan.FromMilliseconds(10),
    };

    [Test]
    public async Task The_callees_sidecar_refuses_requests_beyond_its_applications_concurrency_as_retryable()
    {
        using var payments = new Backend();
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", PolicyModel.Default with { AdaptiveConcurrency = Model }, payments.HostPort);
        var inbound = mesh.Inbound(payments.HostPort);
        using var one = await RawConnection.To(inbound);
        using var two = await RawConnection.To(inbound);

        await one.Send(Call);
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();
        var refused = await two.Ask(Call);

        Assert.That((refused.Status, refused["Retry-After"]), Is.EqualTo((503, "1")));
        Assert.That(
            refused["Proxy-Status"], Is.EqualTo("gatewaymesh; error=connection_limit_reached; forwarded=?0; reason=concurrency_limited"));
        Assert.That(refused.Body, Does.Contain("concurrency_limited"));
        Assert.That(
            mesh.Metrics(),
            Does.Contain("gatewaymesh_limit_refusals_total{service=\"payments\",limit=\"concurrency\",criticality=\"default\"} 1"));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_concurrency_limit{service=\"payments\"} 1"));
        Assert.That(mesh.Plane.Inspection.Limits().Single() is { Concurrency: 1, Work: 1, IsMeasuring: true }, Is.True);
    }

    [Test]
    public async Task A_request_refused_by_one_instance_is_served_by_another_and_the_first_is_not_ejected()
    {
        using var payments = new Backend();
        using var free = Backend.Answering("paid");
        await using var callee = await Mesh.Start();
        callee.Service("payments", PolicyModel.Default with { AdaptiveConcurrency = Model }, payments.HostPort);
        var inbound = callee.Inbound(payments.HostPort);
        using var holder = await RawConnection.To(inbound);
        await holder.Send(Call);
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();
        await using var caller = await Mesh.Start();
        caller.Service("payments", new Configuration.Values.HostPort("127.0.0.1", inbound.Port), free.HostPort);
        using var client = await RawConnection.To(caller.Outbound());

        for (var i = 0; i < 20; i++)
        {
            Assert.That((await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n")).Body, Is.EqualTo("paid"));
        }

        Assert.That(callee.Metrics(), Does.Contain("limit=\"concurrency\""), "some were refused");
        Assert.That(caller.Plane.Inspection.Endpoints().Select(endpoint => endpoint.IsEjected), Has.None.True);
    }

    [Test]
    public async Task After_a_measurement_the_timer_recomputes_the_limit()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", PolicyModel.Default with { AdaptiveConcurrency = Model with { MinRttRequests = 5 } }, payments.HostPort);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));
        using var patience = new CancellationTokenSource(RawConnection.Patience);
        while (mesh.Plane.Inspection.Limits().Single().Concurrency is null or < 3)
        {
            patience.Token.ThrowIfCancellationRequested();
            Assert.That((await client.Ask(Call)).Status, Is.EqualTo(200));
        }

        Assert.That(mesh.Plane.Inspection.Limits().Single().MinRtt, Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public async Task A_gateway_finds_its_own_limit_below_maxConcurrentRequests()
    {
        using var payments = new Backend();
        await using var gateway = await Mesh.Start(options => options with { RoleName = "gateway", AdaptiveConcurrency = Model });
        var address = gateway.Service("payments", payments.HostPort).Open(ListenerKind.Mesh, "mesh");
        using var one = await RawConnection.To(address);
        using var two = await RawConnection.To(address);

        await one.Send(Call);
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();

        Assert.That((await two.Ask(Call)).Body, Does.Contain("overloaded"));
        Assert.That(gateway.Plane.Inspection.Admission.Max, Is.EqualTo(1));
        Assert.That(gateway.Metrics(), Does.Contain("gatewaymesh_concurrency_limit{service=\"gateway:self\"} 1"));
    }
}
