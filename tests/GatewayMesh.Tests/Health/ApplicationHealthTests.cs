using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Health;

namespace GatewayMesh.Tests.Health;

public sealed class ApplicationHealthTests
{
    [Test]
    public async Task Failure_is_reported_after_two_checks_and_cleared_when_the_application_responds()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var service = new LocalServiceSpec
        {
            Name = "web", Id = "web-1", Address = "127.0.0.1", Port = port, Protocol = "http",
            Health = new HealthSpec { Interval = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromSeconds(1) },
        };
        await using var health = new ApplicationHealth(TimeProvider.System, static () => { });
        Assert.That(health.Failure(service), Is.Null, "nothing is known yet");

        health.Watch([service]);

        Assert.That(() => health.Failure(service), Is.EqualTo("connection refused").After(10_000, 10));
        Assert.That(health.IsReady(service), Is.False);
        using var back = new TcpListener(IPAddress.Loopback, port);
        back.Start();
        Assert.That(() => health.Failure(service), Is.Null.After(10_000, 10));
        Assert.That(() => health.IsReady(service), Is.True.After(10_000, 10));
    }
}
