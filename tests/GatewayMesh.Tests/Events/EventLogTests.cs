using System.Text;
using System.Text.Json;
using GatewayMesh.Events;
using GatewayMesh.Fixtures;
using GatewayMesh.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Tests.Events;

public sealed class EventLogTests
{
    [Test]
    public void An_event_is_one_line_of_JSON_with_its_fields()
    {
        using var sink = new MemoryStream();
        using (var log = new EventLog("host-a", "guard", sink, new FakeTimeProvider(DateTimeOffset.UnixEpoch)))
        {
            log.Info(
                "lease_granted",
                "The worker serves.",
                ("pid", 42),
                ("late", false),
                ("after", TimeSpan.FromMilliseconds(1.5)),
                ("why", null));
        }

        Assert.That(
            Encoding.UTF8.GetString(sink.ToArray()),
            Is.EqualTo(
                "{\"time\":\"1970-01-01T00:00:00+00:00\",\"level\":\"info\",\"node\":\"host-a\",\"role\":\"guard\",\"event\":\"lease_granted\",\"message\":\"The worker serves.\",\"pid\":42,\"late\":false,\"after\":1.5,\"why\":null}\n"));
    }

    [Test]
    public void A_message_cannot_break_out_of_its_line()
    {
        using var sink = new MemoryStream();
        using (var log = new EventLog("host-a", "guard", sink))
        {
            log.Error("x", "a\r\n\u001b[0m\ud800", ("n", double.NaN));
        }

        var text = Encoding.UTF8.GetString(sink.ToArray());
        Assert.That(text.Count(char.IsControl), Is.EqualTo(1));
        Assert.That(() => JsonDocument.Parse(text).Dispose(), Throws.Nothing);
    }

    [Test]
    public void Direction_marks_and_C1_controls_are_JSON_escapes()
    {
        using var sink = new MemoryStream();
        using (var log = new EventLog("host-a", "guard", sink))
        {
            log.Error("x", "a\u202eb\u009bc → d", ("record", "\u2066evil\u200f"));
        }

        var text = Encoding.UTF8.GetString(sink.ToArray());
        Assert.That(text, Does.Contain("\"a\\u202eb\\u009bc → d\"").IgnoreCase.And.Contain("\"\\u2066evil\\u200f\""));
        Assert.That(JsonDocument.Parse(text).RootElement.GetProperty("message").GetString(), Is.EqualTo("a\u202eb\u009bc → d"));
    }

    [Test]
    public void Blocked_sink_never_delays_the_caller()
    {
        using var sink = new StuckStream();
        using var log = new EventLog("host-a", "guard", sink) { MaxPerSecond = null };
        for (var i = 0; i < 2000; i++)
        {
            log.Info("x", "y");
        }

        Assert.That(log.Dropped, Is.InRange(975, 976)); // 1,024 are queued, at most one is in the sink
        Assert.That(log.Flush(TimeSpan.FromMilliseconds(1)), Is.False);
        sink.Release.Set();
        Assert.That(log.Flush(TimeSpan.FromMinutes(1)), Is.True);
    }

    [Test]
    public void Event_flood_is_bounded_and_one_line_counts_the_dropped_events()
    {
        using var sink = new MemoryStream();
        using (var log = new EventLog("host-a", "guard", sink) { MaxPerSecond = 10 })
        {
            for (var i = 0; i < 5000; i++)
            {
                log.Warning("flood", "one of many");
            }

            log.Error("found", "an error is not hidden by a flood of warnings");
        }

        var events = Encoding.UTF8.GetString(sink.ToArray())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToArray();
        var written = events.Count(each => each.GetProperty("event").GetString() == "flood");
        var suppressed = events.Where(each => each.GetProperty("event").GetString() == "events_suppressed").ToArray();
        Assert.That(written, Is.LessThan(500));
        Assert.That(written + suppressed.Sum(each => each.GetProperty("count").GetInt64()), Is.EqualTo(5000));
        Assert.That(suppressed[0].GetProperty("message").GetString(), Does.Contain("logs.maxEventsPerSecond is 10"));
        Assert.That(events.Count(each => each.GetProperty("event").GetString() == "found"), Is.EqualTo(1));
    }

    [Test]
    public void The_line_for_suppressed_events_is_written_without_another_event()
    {
        using var sink = new ReadableStream();
        using var log = new EventLog("host-a", "guard", sink) { MaxPerSecond = 1 };
        for (var i = 0; i < 10; i++)
        {
            log.Info("flood", "one of many");
        }

        Assert.That(() => sink.Text, Does.Contain("events_suppressed").After(10_000, 20));
    }

    [Test]
    public void Failing_sink_loses_only_its_lines()
    {
        var log = new EventLog("host-a", "guard", new MemoryStream([], writable: false));
        log.Info("x", "y");
        log.Dispose();
        Assert.That(log.Dropped, Is.EqualTo(1));
    }

    [Test]
    public void Library_warnings_become_events_and_lower_levels_do_not()
    {
        using var sink = new MemoryStream();
        using (var log = new EventLog("host-a", "worker", sink))
        using (var provider = new EventLoggerProvider(log))
        {
            var logger = provider.CreateLogger("Kestrel");
            logger.Log(LogLevel.Information, new EventId(1), "chatter", null, (state, _) => state);
            logger.Log(LogLevel.Warning, new EventId(2, "Slow"), "slow", new InvalidOperationException("why"), (state, _) => state);
        }

        var text = Encoding.UTF8.GetString(sink.ToArray());
        Assert.That(text, Does.Not.Contain("chatter"));
        Assert.That(
            text,
            Does.Contain(
                "\"message\":\"slow\",\"category\":\"Kestrel\",\"id\":\"Slow\",\"exception\":\"System.InvalidOperationException: why\"")
                    .And.Contain(
                    "\"level\":\"warning\""));
    }

    private sealed class ReadableStream : MemoryStream
    {
        private readonly Lock _gate = new();

        public string Text
        {
            get
            {
                lock (_gate)
                {
                    return Encoding.UTF8.GetString(ToArray());
                }
            }
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            lock (_gate)
            {
                base.Write(buffer);
            }
        }
    }
}
