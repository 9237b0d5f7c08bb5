using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Routing.Reports;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Upstreams;

/// <summary>Addresses from the registry are checked again on dialing, because a name may resolve to any address.</summary>
public sealed class ReachTests
{
    // A node of a real network, which never dials loopback.
    private static readonly ReachRules Strict = ReachRules.Of(
        new BootstrapSpec { Role = MeshRole.Gateway, Node = "gw", Gateway = new GatewaySpec { Address = "10.0.0.9" } });

    [TestCase("127.0.0.1")]
    [TestCase("127.1")]
    [TestCase("localhost")]
    [TestCase("::ffff:127.0.0.1")]
    [TestCase("0.0.0.0")]
    public async Task A_forbidden_registry_address_is_a_named_error_without_a_connection(string host)
    {
        using var victim = Backend.Answering("secret");
        await using var mesh = await Mesh.Start(options => options with { Reach = Strict });
        mesh.BareService("payments", new HostPort(host, victim.Address.Port));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask("POST /drain HTTP/1.1\r\nHost: payments\r\nContent-Length: 2\r\n\r\n{}");

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(answer["Proxy-Status"], Does.Contain("error=destination_ip_prohibited").And.Contain("forwarded=?0"));
        Assert.That(answer.Body, Does.Contain("address_refused"));
        Assert.That(victim.Connections, Is.Zero);
    }

    [Test]
    public async Task Only_refused_records_are_502_and_no_records_are_503()
    {
        await using var mesh = await Mesh.Start(options => options with { Reach = Strict });
        var refused = new ServiceModel("payments", "http", PolicyModel.Default, []) { HasRefused = true };
        mesh.Plane.Apply(new MeshSnapshot
        {
            Revision = "r",
            Services = new Dictionary<string, ServiceModel> { ["payments"] = refused }.ToFrozenDictionary(),
            Intentions = IntentionTable.Of(DeclaredIntentions.None),
        });
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(
            (answer.Status, answer["Proxy-Status"]),
            Is.EqualTo((502, "gatewaymesh; error=destination_ip_prohibited; forwarded=?0; reason=address_refused")));
        Assert.That(
            mesh.Plane.Inspection.Explain(
                "payments", new DescribedRequest(RequestDirection.Outbound, "GET", "payments", "/", [])).Error,
            Is.EqualTo(MeshErrorKind.AddressRefused));
    }

    [Test]
    public async Task A_poisoned_record_does_not_affect_other_instances_and_opens_no_breaker()
    {
        using var victim = Backend.Answering("secret");
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { Reach = ReachRules.Of(OneMachine(victim.Address.Port)) });
        mesh.Service(
            "payments",
            PolicyModel.Default with
            {
                Limits = new() { Breaker = new() { Enabled = true, MinimumRequests = 2, OpenFor = TimeSpan.FromMinutes(1) } },
            },
            payments.HostPort,
            new HostPort("localhost", victim.Address.Port),
            victim.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        for (var i = 0; i < 20; i++)
        {
            Assert.That((await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n")).Body, Is.EqualTo("paid"));
        }

        Assert.That(victim.Connections, Is.Zero);
        Assert.That(mesh.Plane.Inspection.Limits().Single(view => view.Service == "payments").Failures, Is.Zero);
    }

    [Test]
    public async Task An_application_named_by_the_bootstrap_is_dialed_at_any_address()
    {
        using var application = Backend.Answering("mine");
        await using var mesh = await Mesh.Start(options => options with { Reach = Strict });
        mesh.Service("payments");
        using var peer = await RawConnection.To(mesh.Inbound(application.HostPort));

        Assert.That((await peer.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Body, Is.EqualTo("mine"));
    }

    [Test]
    public void Each_refused_record_is_logged_once_per_minute_with_at_most_ten_lines()
    {
        var (log, time) = (new Logged(), new FakeTimeProvider());
        var refused = new RefusedAddresses(log, time);
        ImmutableArray<RefusedRecord> records =
            [
                .. Enumerable.Range(0, 15).Select(
                    i => new RefusedRecord("payments", $"p{i}", "evil", new HostPort("127.0.0.1", 15000), ReachFault.AdminAddress))];

        refused.Log(records);
        refused.Log(records);
        Assert.That(log.Lines, Has.Count.EqualTo(RefusedAddresses.MaxLines));
        Assert.That(
            log.Lines.First().Line,
            Does.StartWith(
                "The record of payments p0 (node evil) is not followed: 127.0.0.1:15000 is the admin address of this node; remove the "
                    + "record"));

        time.Advance(TimeSpan.FromMinutes(1));
        refused.Log(records[..1]);
        Assert.That(log.Lines.Last().Line, Does.EndWith("(10 similar lines were suppressed)"));
    }

    private static BootstrapSpec OneMachine(int adminPort) => new()
    {
        Role = MeshRole.Gateway,
        Node = "gw",
        Admin = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, adminPort),
        Gateway = new GatewaySpec { Address = "127.0.0.1" },
    };
}
