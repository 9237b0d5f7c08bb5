using System.Globalization;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Balancers;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>A caller sends a request with a key again only if the instance has announced that it keeps keys.</summary>
public class AnnouncedKeysTests
{
    private static readonly PolicyModel Policy = PolicyModel.Default with { Idempotency = KeyedMesh.On };

    [Test]
    public async Task A_post_that_was_lost_is_not_sent_again_to_a_sidecar_that_does_not_keep_keys()
    {
        using var lossy = Lossy();
        await using var caller = await Mesh.Start();
        caller.Service("payments", Policy, [Instance(0, lossy.HostPort)]);
        using var client = await RawConnection.To(caller.Outbound());

        var answer = await client.Ask(KeyedMesh.Post("k1"));

        Assert.That((answer.Status, lossy.Executed), Is.EqualTo((502, 1)));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?1").And.Contain("not_idempotent"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_post_that_was_lost_is_not_sent_again_if_keys_are_kept_only_before_or_only_after_it_was_sent(bool before)
    {
        await using var caller = await Mesh.Start();
        Backend? lossy = null;
        lossy = new Backend((_, connection) =>
        {
            caller.Service("payments", Policy, [Instance(0, lossy!.HostPort) with { KeepsKeys = !before }]);
            connection.Dispose();
            return Task.CompletedTask;
        });
        using var _ = lossy;
        caller.Service("payments", Policy, [Instance(0, lossy.HostPort) with { KeepsKeys = before }]);
        using var client = await RawConnection.To(caller.Outbound());

        var answer = await client.Ask(KeyedMesh.Post("k1"));

        Assert.That((answer.Status, lossy.Executed), Is.EqualTo((502, 1)));
    }

    [TestCase(true, 200, 1)]
    [TestCase(false, 502, 0)]
    public async Task A_post_that_was_lost_at_a_gateway_is_sent_again_only_to_an_instance_that_keeps_keys(
        bool keeps, int status, int executed)
    {
        using var gateway = Lossy();
        using var payments = Backend.Answering("paid");
        await using var caller = await Mesh.Start(options => options with { GatewayShare = 1 });
        var instance = Instance(0, payments.HostPort);
        caller.Service("payments", Policy, [keeps ? instance with { KeepsKeys = true } : instance with { Node = "" }]);
        caller.Gateway(gateway.HostPort);
        using var client = await RawConnection.To(caller.Outbound());

        var answer = await client.Ask(KeyedMesh.Post("k1"));

        Assert.That((gateway.Executed, answer.Status, payments.Executed), Is.EqualTo((1, status, executed)));
    }

    [Test]
    public async Task An_error_of_the_application_is_kept_and_therefore_not_retried()
    {
        using var payments = new Backend((_, connection) =>
            connection.Send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"));
        await using var callee = await KeyedMesh.Start(payments);
        await using var caller = await Mesh.Start();
        var policy = Policy with { Retries = RetriesModel.Default with { On = [RetryCondition.ServerError] } };
        var sidecar = new HostPort("127.0.0.1", callee.Inbound.Port);
        caller.Service("payments", policy, [Instance(0, sidecar) with { KeepsKeys = true }]);
        using var client = await RawConnection.To(caller.Outbound());

        var answer = await client.Ask(KeyedMesh.Post("k1"));

        Assert.That((answer.Status, answer.Body, answer["Idempotency-Replayed"]), Is.EqualTo((503, "busy", default(string))));
        Assert.That(callee.Mesh.Metrics(), Does.Not.Contain("outcome=\"replayed\""));
    }

    [Test]
    public async Task A_post_goes_to_another_instance_when_its_own_has_no_sidecar_and_refuses_connections()
    {
        var closed = Backend.ClosedPort();
        using var other = Backend.Answering("other");
        await using var caller = await Mesh.Start();
        caller.BareService("payments", "http", Policy, closed, other.HostPort);
        using var client = await RawConnection.To(caller.Outbound());

        var answer = await client.Ask(KeyedMesh.Post(KeyOf(caller, closed)));

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "other")));
    }

    private static Backend Lossy() => new((_, connection) =>
    {
        connection.Dispose();
        return Task.CompletedTask;
    });

    private static EndpointModel Instance(int number, HostPort address) =>
        new("payments", $"payments-{number}", $"node-{number}", address, Healthy: true);

    private static string KeyOf(Mesh mesh, HostPort owner)
    {
        var instances = mesh.Plane.Mesh.Endpoints.Find("payments")!;
        return Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $"key-{i}"))
            .First(key => KeyOwner.Of(instances, StableHash.Of(key)).Key.Address == owner);
    }
}
