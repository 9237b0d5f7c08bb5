using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Proxy.Tests.Idempotency;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Mirroring;

/// <summary>Copies at the sidecar of a service that gets originals too, as with a subset: they leave nothing for originals.</summary>
public sealed class CopyStateTests
{
    private const string Mark = "gatewaymesh-mirror: 1\r\n";

    [Test]
    public async Task A_copy_keeps_no_response_for_the_key_of_the_original()
    {
        using var payments = Backend.Answering("ran");
        await using var sidecar = await KeyedMesh.Start(payments);

        var copy = await sidecar.Ask(KeyedMesh.Post("k1", more: Mark));
        var original = await sidecar.Ask(KeyedMesh.Post("k1"));

        Assert.That((copy.Status, original.Status, original["Idempotency-Replayed"]), Is.EqualTo((200, 200, default(string))));
        Assert.That(payments.Executed, Is.EqualTo(2));
    }

    [TestCase(RateLimitScope.Node)]
    [TestCase(RateLimitScope.Mesh)]
    public async Task A_copy_takes_no_token_from_originals_and_is_limited_itself(RateLimitScope scope)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        var limit = new RateLimitModel { Name = "calls", Rate = "1/h", Scope = scope };
        mesh.Service("payments", PolicyModel.Default with { RateLimits = [limit] });
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));
        async Task<int> Status(string fields) => (await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{fields}\r\n")).Status;

        Assert.That(
            (await Status(Mark), await Status(""), await Status(""), await Status(Mark)),
            Is.EqualTo((200, 200, 429, 429)),
            "an application that marks its own requests evades no limit");
    }

    [Test]
    public async Task A_copy_adds_nothing_to_the_demand_that_divides_a_limit()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", PolicyModel.Default with
        {
            RateLimits = [new RateLimitModel { Name = "calls", Rate = "100/s", Burst = 100, Scope = RateLimitScope.Mesh }],
        });
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        for (var i = 0; i < 5; i++)
        {
            await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{Mark}\r\n");
        }

        var bucket = mesh.Plane.Mesh.RateLimits.Find("payments")!.Limits[0].Buckets.Single();
        Assert.That(bucket.TakeDemand(seconds: 1, weight: 1), Is.Zero);
        await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(bucket.TakeDemand(seconds: 1, weight: 1), Is.EqualTo(1));
    }
}
