using System.Globalization;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Hedging;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Balancers;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>Requests with an idempotency key at the callers' proxies: which instance gets them, and when they are sent again.</summary>
public class KeyedCallTests
{
    private static readonly PolicyModel Policy = PolicyModel.Default with { Idempotency = KeyedMesh.On };

    [Test]
    public async Task Requests_with_one_key_go_to_one_instance_and_keys_spread()
    {
        using var one = Backend.Answering("one");
        using var two = Backend.Answering("two");
        using var three = Backend.Answering("three");
        await using var caller = await Mesh.Start();
        await using var gateway = await Mesh.Start(options => options with { RoleName = "gateway", Seed = 7 });
        caller.Service("payments", Policy, one.HostPort, two.HostPort, three.HostPort);
        gateway.Service("payments", Policy, one.HostPort, two.HostPort, three.HostPort);
        using var outbound = await RawConnection.To(caller.Outbound());
        using var mesh = await RawConnection.To(gateway.Open(Configuration.Listeners.ListenerKind.Mesh, "mesh"));
        var answers = new List<string>();

        for (var i = 0; i < 60; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"key-{i}");
            var first = (await outbound.Ask(KeyedMesh.Post(key))).Body;
            Assert.That((await outbound.Ask(KeyedMesh.Post(key))).Body, Is.EqualTo(first));
            Assert.That((await mesh.Ask(KeyedMesh.Post(key, more: "gatewaymesh-destination: payments\r\n"))).Body, Is.EqualTo(first));
            answers.Add(first);
        }

        Assert.That(answers.Distinct().Order(), Is.EqualTo(new[] { "one", "three", "two" }));
        Assert.That(answers.GroupBy(each => each).Select(group => group.Count()), Is.All.GreaterThan(8), "a third of 60 each");
    }

    [Test]
    public async Task A_post_with_a_key_that_was_lost_is_sent_again_to_its_instance_and_to_no_other()
    {
        using var lossy = new Backend(async (request, connection) =>
        {
            if (request["gatewaymesh-attempt"] == "1")
            {
                connection.Dispose();
                return;
            }

            await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        });
        using var other = Backend.Answering("other");
        await using var caller = await Mesh.Start();
        caller.Service("payments", Policy, lossy.HostPort, other.HostPort);
        var key = KeyOf(caller, lossy.HostPort);
        using var client = await RawConnection.To(caller.Outbound());

        var answer = await client.Ask(KeyedMesh.Post(key));

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
        Assert.That((lossy.Executed, other.Executed), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task A_post_with_a_key_goes_to_no_other_instance_when_its_own_refuses_connections()
    {
        var closed = Backend.ClosedPort();
        using var other = Backend.Answering("other");
        await using var caller = await Mesh.Start();
        caller.Service("payments", Policy, closed, other.HostPort);
        using var client = await RawConnection.To(caller.Outbound());

        var answer = await client.Ask(KeyedMesh.Post(KeyOf(caller, closed)));

        Assert.That((answer.Status, other.Executed), Is.EqualTo((502, 0)));
        Assert.That(answer["Proxy-Status"], Does.Contain("connection_refused; forwarded=?0"));
    }

    [Test]
    public async Task A_gRPC_call_with_a_key_that_was_lost_is_not_sent_again()
    {
        using var lossy = new Backend((_, connection) =>
        {
            connection.Dispose();
            return Task.CompletedTask;
        });
        await using var caller = await Mesh.Start();
        caller.Service("payments", Policy, lossy.HostPort);
        using var client = await RawConnection.To(caller.Outbound());

        await client.Ask(KeyedMesh.Post("k1", more: "Content-Type: application/grpc\r\nTE: trailers\r\n"));

        Assert.That(lossy.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task When_an_instance_disappears_only_its_keys_move()
    {
        HostPort[] addresses = [Backend.ClosedPort(), Backend.ClosedPort(), Backend.ClosedPort(), Backend.ClosedPort()];
        await using var caller = await Mesh.Start();
        caller.Service("payments", Policy, addresses);
        var before = Enumerable.Range(0, 1000).Select(i => OwnerOf(caller, (ulong)i * 0x9E37_79B9_7F4A_7C15)).ToList();

        caller.Service("payments", Policy, [.. addresses.Select((address, i) =>
            new EndpointModel("payments", $"payments-{i}", $"node-{i}", address, Healthy: i != 2))]);
        var after = Enumerable.Range(0, 1000).Select(i => OwnerOf(caller, (ulong)i * 0x9E37_79B9_7F4A_7C15)).ToList();

        Assert.That(before.Zip(after).Where(pair => pair.First != pair.Second).Select(pair => pair.First), Is.All.EqualTo(addresses[2]));
        Assert.That(after, Has.None.EqualTo(addresses[2]));
    }

    [Test]
    public async Task A_post_with_a_key_is_never_hedged()
    {
        using var slow = new Backend(async (_, connection) =>
        {
            await Task.Delay(100);
            await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        });
        using var other = new Backend(async (_, connection) =>
        {
            await Task.Delay(100);
            await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        });
        await using var caller = await Mesh.Start();
        var hedging = new HedgingModel { Delay = TimeSpan.FromMilliseconds(10) };
        caller.Service("payments", Policy with { Hedging = hedging }, slow.HostPort, other.HostPort);
        using var client = await RawConnection.To(caller.Outbound());

        await client.Ask(KeyedMesh.Post("k1"));

        Assert.That(slow.Executed + other.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_gateway_does_not_go_past_a_broken_sidecar_with_a_key()
    {
        using var application = Backend.Answering("paid");
        await using var gateway = await Mesh.Start(options => options with { RoleName = "gateway" });
        gateway.Service(
            "payments",
            Policy with { SidecarBypass = SidecarBypassMode.Gateway },
            [new EndpointModel("payments", "payments-0", "node-0", Backend.ClosedPort(), Healthy: true) { Application = application.HostPort }]);
        using var peer = await RawConnection.To(gateway.Open(Configuration.Listeners.ListenerKind.Mesh, "mesh"));
        const string Bypass = "gatewaymesh-destination: payments\r\ngatewaymesh-bypass: sidecar\r\n";

        var keyed = await peer.Ask(KeyedMesh.Post("k1", more: Bypass));
        var other = await peer.Ask(KeyedMesh.Post("k1", more: Bypass).Replace("Idempotency-Key", "X-Key", StringComparison.Ordinal));

        Assert.That((keyed.Status, other.Status), Is.EqualTo((502, 200)));
        Assert.That(application.Executed, Is.EqualTo(1));
    }

    private static HostPort OwnerOf(Mesh mesh, ulong key) => KeyOwner.Of(mesh.Plane.Mesh.Endpoints.Find("payments")!, key).Key.Address;

    private static string KeyOf(Mesh mesh, HostPort owner)
    {
        for (var i = 0; ; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"key-{i}");
            if (OwnerOf(mesh, StableHash.Of(key)) == owner)
            {
                return key;
            }
        }
    }
}
