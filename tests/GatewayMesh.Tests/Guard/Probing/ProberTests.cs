using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Fixtures;
using GatewayMesh.Guard.Probing;
using GatewayMesh.Linux;

namespace GatewayMesh.Tests.Guard.Probing;

public sealed class ProberTests
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nprobe-ok\n";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private readonly PollSet _poll = new();
    private TcpListener _worker = null!;
    private Prober _prober = null!;
    private TimeSpan _now;

    [SetUp]
    public void Listen()
    {
        _now = TimeSpan.FromSeconds(1);
        _worker = new TcpListener(IPAddress.Loopback, 0);
        _worker.Start();
        _prober = new Prober((IPEndPoint)_worker.LocalEndpoint, Interval, Limit);
    }

    [TearDown]
    public void Close()
    {
        _prober.Dispose();
        _worker.Dispose();
    }

    [Test]
    public async Task Good_response_passes_and_the_next_probe_reuses_the_connection_after_the_interval()
    {
        using var connection = Asked();
        Send(connection, Good);

        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.Passed));
        Assert.That(_prober.WakeAt, Is.EqualTo(_now + Interval));
        Assert.That(Turn(), Is.EqualTo(WorkerProbeResult.None));
        _now += Interval;
        Turn();
        Assert.That(Heard(connection), Does.StartWith("GET /.well-known/gatewaymesh/probe HTTP/1.1\r\n"));
    }

    [Test]
    public async Task Traffic_replaces_nine_probes_in_a_row_and_none_after_a_failure()
    {
        var served = true;
        _prober.Dispose();
        _prober = new Prober((IPEndPoint)_worker.LocalEndpoint, Interval, Limit, () => served);
        using var connection = Asked(); // nothing has passed yet: traffic is no evidence
        Send(connection, Good);
        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.Passed));
        for (var replaced = 0; replaced < Prober.MaxReplaced; replaced++)
        {
            _now += Interval;
            Assert.That(Turn(), Is.EqualTo(WorkerProbeResult.None));
            Assert.That(connection.Poll(0, SelectMode.SelectRead), Is.False, "no probe");
            Assert.That(_prober.WakeAt, Is.EqualTo(_now + Interval));
        }

        _now += Interval;
        Turn();
        Assert.That(Heard(connection), Does.StartWith("GET "), "a second without a probe");
        Send(connection, Good);
        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.Passed));

        served = false;
        _now += Interval;
        Turn();
        Assert.That(Heard(connection), Does.StartWith("GET "), "no traffic");
        served = true;
        Send(connection, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.AnsweredBadly));
        _now += Interval;
        using var next = Asked();
    }

    [Test]
    public async Task Something_that_looks_wrong_is_probed_whatever_the_traffic()
    {
        _prober.Dispose();
        _prober = new Prober((IPEndPoint)_worker.LocalEndpoint, Interval, Limit, () => true);
        using var connection = Asked();
        Send(connection, Good);
        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.Passed));

        _prober.ProbeNow(_now);
        Turn();
        Assert.That(Heard(connection), Does.StartWith("GET "));
    }

    [Test]
    public async Task Fragmented_response_passes_once_complete()
    {
        using var connection = Asked();
        foreach (var piece in Good)
        {
            Send(connection, piece.ToString());
            if (piece != '\n')
            {
                Turn();
            }
        }

        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.Passed));
    }

    [TestCase("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Found\r\n\r\nprobe-ok\n")]
    [TestCase("SSH-2.0-server\r\n")]
    public async Task Any_other_response_fails_the_probe(string answer)
    {
        using var connection = Asked();
        Send(connection, answer);

        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.AnsweredBadly));
        Assert.That(_prober.WakeAt, Is.EqualTo(_now + Interval), "errors come quickly: the interval holds");
    }

    [Test]
    public async Task Endless_response_fails_the_probe()
    {
        using var connection = Asked();
        Send(connection, "HTTP/1.1 200 OK\r\n\r\n" + new string('x', 8_000));

        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.AnsweredBadly));
    }

    [Test]
    public async Task Connection_closed_without_a_response_fails_the_probe()
    {
        using var connection = Asked();
        connection.Close();

        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.AnsweredBadly));
    }

    [Test]
    public async Task Connection_closed_within_the_response_fails_the_probe()
    {
        using var connection = Asked();
        Send(connection, Good[..30]);
        connection.Shutdown(SocketShutdown.Send);

        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.AnsweredBadly));
    }

    [Test]
    public void Refused_connection_fails_the_probe()
    {
        _worker.Stop();

        Assert.That(Turn(), Is.EqualTo(WorkerProbeResult.AnsweredBadly));
    }

    [Test]
    public void Silence_times_out_and_the_next_probe_starts_at_once_on_a_new_connection()
    {
        using var connection = Asked();
        _now += Limit - TimeSpan.FromMilliseconds(1);
        Assert.That(Turn(), Is.EqualTo(WorkerProbeResult.None));
        _now += TimeSpan.FromMilliseconds(1);

        Assert.That(Turn(), Is.EqualTo(WorkerProbeResult.TimedOut));
        Assert.That(_prober.WakeAt, Is.EqualTo(_now));
        using var second = Asked();
        Assert.That(Heard(connection), Is.Empty, "the first connection has ended");
    }

    [Test]
    public void Partial_response_times_out()
    {
        using var connection = Asked();
        Send(connection, Good[..^3]);
        Turn();
        _now += Limit;

        Assert.That(Until(WorkerProbeResult.TimedOut), Is.True);
    }

    [Test]
    public async Task Connection_closed_between_two_probes_is_not_a_failure()
    {
        using (var connection = Asked())
        {
            Send(connection, Good);
            Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.Passed));
        }

        _now += Interval;
        using var second = Asked();
        Send(second, Good);
        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.Passed));
    }

    [Test]
    public async Task Discarded_probe_has_no_result_and_its_late_response_is_ignored()
    {
        using var connection = Asked();
        Send(connection, "HTTP/1.1 500 Internal Server Error\r\n\r\n");
        _prober.Discard(_now);

        Assert.That(_prober.WakeAt, Is.EqualTo(_now));
        using var second = Asked();
        Send(second, Good);
        Assert.That(await Result(), Is.EqualTo(WorkerProbeResult.Passed));
    }

    [Test]
    public async Task A_hurried_probe_does_not_wait_for_the_interval()
    {
        using var connection = Asked();
        Send(connection, Good);
        await Result();

        _prober.ProbeNow(_now);

        Assert.That(_prober.WakeAt, Is.EqualTo(_now));
    }

    [Test]
    public async Task Probe_upstream_answers_the_prober()
    {
        using var upstream = new ProbeUpstream();
        using var prober = new Prober(upstream.Address, Interval, Limit);
        var results = new List<WorkerProbeResult>();
        await Eventually.Until(
            "three probes",
            () =>
            {
                _poll.Clear();
                prober.AddTo(_poll);
                upstream.AddTo(_poll);
                _poll.Wait(TimeSpan.FromMilliseconds(10));
                upstream.Advance(_poll);
                var result = prober.Advance(_poll, _now);
                if (result != WorkerProbeResult.None)
                {
                    results.Add(result);
                    _now += Interval;
                }

                return results.Count == 3;
            });

        Assert.That(results, Is.All.EqualTo(WorkerProbeResult.Passed));
    }

    // The probe is due: it is sent, and the worker has received it.
    private Socket Asked()
    {
        Assert.That(Turn(), Is.EqualTo(WorkerProbeResult.None));
        var connection = _worker.AcceptSocket();
        connection.NoDelay = true;
        connection.ReceiveTimeout = (int)Eventually.Deadline.TotalMilliseconds;
        Assert.That(Heard(connection), Does.EndWith("\r\n\r\n"));
        return connection;
    }

    private WorkerProbeResult Turn()
    {
        _poll.Clear();
        _prober.AddTo(_poll);
        _poll.Wait(TimeSpan.FromMilliseconds(20));
        return _prober.Advance(_poll, _now);
    }

    private bool Until(WorkerProbeResult wanted)
    {
        var result = WorkerProbeResult.None;
        for (var turn = 0; turn < 100 && result == WorkerProbeResult.None; turn++)
        {
            result = Turn();
        }

        return result == wanted;
    }

    private async Task<WorkerProbeResult> Result()
    {
        var result = WorkerProbeResult.None;
        await Eventually.Until("a result", () => (result = Turn()) != WorkerProbeResult.None);
        return result;
    }

    private static void Send(Socket connection, string text) => connection.Send(Encoding.ASCII.GetBytes(text));

    private static string Heard(Socket connection)
    {
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, connection.Receive(buffer));
    }
}
