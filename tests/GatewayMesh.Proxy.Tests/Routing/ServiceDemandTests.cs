using System.Collections.Concurrent;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing;

public class ServiceDemandTests
{
    private readonly ConcurrentQueue<string> _wanted = [];

    [Test]
    public async Task The_first_requests_to_an_unwatched_service_wait_for_its_instances()
    {
        using var old = Backend.Answering("old");
        using var now = Backend.Answering("now");
        await using var mesh = await Mesh.Start(options => options with { Want = _wanted.Enqueue });
        mesh.DormantService("payments", old.HostPort);
        var outbound = mesh.Outbound();
        using var one = await RawConnection.To(outbound);
        using var two = await RawConnection.To(outbound);

        var answers = Task.WhenAll(Ask(one), Ask(two));
        while (_wanted.Count < 2)
        {
            await Task.Delay(1);
        }

        mesh.Service("payments", now.HostPort);

        Assert.That((await answers).Select(answer => answer.Body), Is.EqualTo(new[] { "now", "now" }));
        Assert.That((old.Executed, _wanted), Is.EqualTo((0, new[] { "payments", "payments" })));
    }

    [Test]
    public async Task Known_instances_serve_when_the_registry_is_silent_and_later_requests_do_not_wait()
    {
        using var old = Backend.Answering("old");
        await using var mesh = await Mesh.Start(options => options with { Want = _wanted.Enqueue });
        mesh.DormantService("payments", old.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await Ask(client)).Body, Is.EqualTo("old"));
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 100; i++)
        {
            Assert.That((await Ask(client)).Body, Is.EqualTo("old"));
        }

        Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(60)), "a hundred waits of 1 s");
    }

    [Test]
    public async Task A_service_without_known_instances_is_503_when_the_registry_is_silent()
    {
        await using var mesh = await Mesh.Start(options => options with { Want = _wanted.Enqueue });
        mesh.DormantService("payments");
        using var client = await RawConnection.To(mesh.Outbound());
        var answer = await Ask(client);
        Assert.That(answer.Status, Is.EqualTo(503));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?0"));
    }

    [Test]
    public async Task A_watched_service_asks_for_nothing_and_stays_marked_as_used_until_taken()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { Want = _wanted.Enqueue });
        mesh.Service("payments", payments.HostPort).Service("other", payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        _ = await Ask(client);

        mesh.Apply();

        Assert.That(mesh.Plane.TakeUsed(), Is.EqualTo(new[] { "payments" }), "even after a new snapshot");
        Assert.That(mesh.Plane.TakeUsed(), Is.Empty);
        Assert.That(_wanted, Is.Empty);
    }

    [SetUp]
    public void Forget() => _wanted.Clear();

    private static Task<RawMessage> Ask(RawConnection client) => client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
}
