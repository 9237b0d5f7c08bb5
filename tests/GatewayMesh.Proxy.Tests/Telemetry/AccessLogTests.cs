using System.Text;
using System.Text.Json;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Telemetry;

public sealed class AccessLogTests
{
    private static readonly RequestSummary Request = new()
    {
        At = DateTimeOffset.UnixEpoch,
        Direction = RequestDirection.Outbound,
        Source = "web",
        Destination = "payments",
        Method = "GET",
        Path = "/a",
        Status = 503,
        Error = MeshErrorKind.NoEndpoint,
        Duration = TimeSpan.FromMicroseconds(1500),
        BytesIn = 1,
        BytesOut = 2,
        Attempts = 3,
        Endpoint = "10.0.0.1:80",
        Tier = MeshTier.Sidecar,
        RequestId = "r-1",
    };

    [Test]
    public void Bidirectional_marks_in_a_name_are_JSON_escapes()
    {
        using var sink = new MemoryStream();
        using (var log = new AccessLog(sink, "host-a"))
        {
            log.Write(Request with { Source = "a\u202eb\u2069" });
        }

        Assert.That(Encoding.UTF8.GetString(sink.ToArray()), Does.Contain("\"source\":\"a\\u202eb\\u2069\""));
    }

    [Test]
    public void A_request_is_one_JSON_line_with_a_reason()
    {
        using var sink = new MemoryStream();
        using (var log = new AccessLog(sink, "host-a"))
        {
            log.Write(Request);
        }

        Assert.That(
            Encoding.UTF8.GetString(sink.ToArray()),
            Is.EqualTo(
                "{\"time\":\"1970-01-01T00:00:00+00:00\",\"node\":\"host-a\",\"direction\":\"outbound\",\"source\":\"web\",\"destination\":\"payments\",\"method\":\"GET\",\"path\":\"/a\",\"status\":503,\"reason\":\"no_endpoint\",\"durationMs\":1.5,\"bytesIn\":1,\"bytesOut\":2,\"attempts\":3,\"endpoint\":\"10.0.0.1:80\",\"tier\":\"sidecar\",\"requestId\":\"r-1\",\"traceId\":null}\n"));
    }

    [TestCase("/a\r\n{\"forged\":1}")]
    [TestCase("/\u001b[31m\u009b\u0000\u007f")]
    [TestCase("/\ud800 half a pair")]
    [TestCase("/\u2028\"\\")]
    public void A_hostile_path_stays_within_its_line(string path)
    {
        using var sink = new MemoryStream();
        using (var log = new AccessLog(sink, "host-a"))
        {
            log.Write(Request with { Path = path });
        }

        var line = Encoding.UTF8.GetString(sink.ToArray());
        using var json = JsonDocument.Parse(line);
        Assert.That(json.RootElement.TryGetProperty("forged", out _), Is.False);
        Assert.That(line.TrimEnd('\n').Any(char.IsControl), Is.False);
        Assert.That(line.Count(c => c == '\n'), Is.EqualTo(1));
    }

    [Test]
    public void Lines_of_concurrent_threads_arrive_whole()
    {
        using var sink = new MemoryStream();
        using (var log = new AccessLog(sink, "host-a", 8192))
        {
            Parallel.For(0, 4, _ =>
            {
                for (var i = 0; i < 1000; i++)
                {
                    log.Write(Request);
                }
            });
            Assert.That(log.Dropped, Is.Zero);
        }

        var lines = Encoding.UTF8.GetString(sink.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(4000).And.All.EqualTo(lines[0]));
    }

    [Test]
    public void A_blocked_sink_costs_counted_lines_but_blocks_no_request()
    {
        using var sink = new StuckStream();
        using var log = new AccessLog(sink, "host-a", 16);
        log.Write(Request);
        sink.Entered.Wait(); // the writer blocks in the sink with the first line
        for (var i = 0; i < 100; i++)
        {
            log.Write(Request);
        }

        Assert.That(log.Dropped, Is.EqualTo(84));
        sink.Release.Set();
    }

    [Test]
    public void Access_log_lines_are_bounded_and_one_line_counts_the_suppressed()
    {
        using var sink = new MemoryStream();
        var time = new FakeTimeProvider();
        using (var log = new AccessLog(sink, "host-a", rate: 10, time: time))
        {
            for (var i = 0; i < 10_000; i++)
            {
                log.Write(Request);
            }

            time.Advance(TimeSpan.FromSeconds(1));
            log.Write(Request);
            Assert.That(log.Suppressed, Is.EqualTo(9990));
        }

        var lines = Encoding.UTF8.GetString(sink.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var suppressed = lines.Single(line => line.Contains("\"event\":\"access_log_suppressed\""));
        Assert.That(lines, Has.Length.EqualTo(12), "ten lines, the counting line, and one line of the next second");
        Assert.That(suppressed, Does.Contain("\"suppressed\":9990").And.Contains("logs.accessLog.maxLinesPerSecond is 10"));
    }

    [Test]
    public void A_failing_sink_costs_only_its_lines()
    {
        using var sink = new MemoryStream([], writable: false);
        var log = new AccessLog(sink, "host-a");
        log.Write(Request);
        log.Dispose();
        Assert.That(log.Dropped, Is.EqualTo(1));
    }
}
