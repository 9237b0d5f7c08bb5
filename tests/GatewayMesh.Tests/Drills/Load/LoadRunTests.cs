using System.Net;
using System.Net.Sockets;
using GatewayMesh.Drills.Load;

namespace GatewayMesh.Tests.Drills.Load;

internal sealed class LoadRunTests
{
    [Test]
    public void Healthy_server_answers_every_scheduled_request()
    {
        using var server = new PlainServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: 1.1 host-a-sidecar\r\n\r\nok");

        var samples = Run(Spec(server.Address));

        Assert.That(samples, Has.Count.EqualTo(200));
        Assert.That(samples.Select(sample => sample.LoadOutcome), Is.All.EqualTo(LoadOutcome.Ok));
        Assert.That(server.Connections, Is.EqualTo(4), "connections are kept alive");
    }

    [Test]
    public void Closed_port_refuses_every_request_and_nothing_is_sent()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = (IPEndPoint)listener.LocalEndpoint;
        listener.Stop();

        Assert.That(Run(Spec(address)).Select(sample => sample.LoadOutcome), Is.All.EqualTo(LoadOutcome.Refused));
    }

    [Test]
    public void Server_that_closes_on_requests_loses_them()
    {
        using var server = new PlainServer(answer: null);

        Assert.That(Run(Spec(server.Address)).Select(sample => sample.LoadOutcome), Is.All.EqualTo(LoadOutcome.Lost));
    }

    [Test]
    public void Replay_retries_a_lost_request_exactly_once()
    {
        using var server = new PlainServer(answer: null);

        var samples = Run(Spec(server.Address) with { Replay = true });

        Assert.That(samples.Select(sample => sample.Replayed), Is.All.True);
        Assert.That(server.Requests, Is.EqualTo(400));
    }

    [Test]
    public void A_response_that_closes_the_connection_harms_no_request()
    {
        using var server = new PlainServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.That(Run(Spec(server.Address)).Select(sample => sample.LoadOutcome), Is.All.EqualTo(LoadOutcome.Ok));
        Assert.That(server.Connections, Is.GreaterThanOrEqualTo(200));
    }

    [Test]
    public void Silent_server_times_out_waiting_requests_too()
    {
        using var server = new PlainServer("");

        var samples = Run(Spec(server.Address) with { Timeout = TimeSpan.FromMilliseconds(100) });

        Assert.That(samples, Has.Count.EqualTo(200));
        Assert.That(samples.Select(sample => sample.LoadOutcome), Is.All.EqualTo(LoadOutcome.TimedOut));
    }

    [Test]
    public void Client_and_server_errors_are_counted_separately()
    {
        using var server = new PlainServer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nVia: 1.1 gw-1-gateway\r\n\r\n");

        var samples = Run(Spec(server.Address));

        Assert.That(
            samples.Select(sample => (sample.LoadOutcome, sample.Status, sample.ThroughGateway)),
            Is.All.EqualTo((LoadOutcome.ServerError, (ushort)503, true)));
    }

    private static LoadSpec Spec(IPEndPoint target) =>
        new() { Target = target, Host = "payments", Rate = 1000, Connections = 4, Duration = TimeSpan.FromMilliseconds(200) };

    private static IReadOnlyList<Sample> Run(LoadSpec spec)
    {
        var log = new SampleLog(200);
        var run = new LoadRun(spec, log, TimeProvider.System);
        run.Start();
        run.Join();
        return log.Samples;
    }
}
