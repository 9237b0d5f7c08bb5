using System.Text;
using System.Text.Json;
using GatewayMesh.Events;
using GatewayMesh.Troubles;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Tests.Troubles;

public sealed class TroubleBookTests
{
    private static readonly Trouble Down = new(
        TroubleKind.ApplicationDown, "web", "web-1", "host-a", "127.0.0.1:8080", "connection refused");
    private static readonly Trouble Ejected = new(
        TroubleKind.InstanceEjected, "payments", "payments-2", "host-b", "10.0.0.2:20001", "consecutive_failures");
    private static readonly Trouble Gone = new(TroubleKind.NodeGone, "", "", "host-c", "", "its record is no longer renewed");

    [TestCase("error", "application_down", "application_up")]
    [TestCase("warning", "instance_ejected", "instance_back")]
    [TestCase("warning", "node_gone", "node_back")]
    public void Trouble_is_one_line_at_its_start_and_one_at_its_end(string level, string begin, string end)
    {
        var trouble = new[] { Down, Ejected, Gone }.Single(each => each.Word == begin);
        var lines = Lines((book, time) =>
        {
            for (var second = 0; second < 60; second++)
            {
                book.Update(second is >= 5 and < 45 ? [trouble] : []);
                time.Advance(TimeSpan.FromSeconds(1));
            }
        });

        Assert.That(lines.Select(line => line.GetProperty("event").GetString()), Is.EqualTo(new[] { begin, end }));
        Assert.That(lines.Select(line => line.GetProperty("level").GetString()), Is.EqualTo(new[] { level, "info" }));
        Assert.That(lines[0].GetProperty("reason").GetString(), Is.EqualTo(trouble.Reason));
        Assert.That(lines[0].GetProperty("instance").GetString(), Is.EqualTo(trouble.Instance));
        Assert.That(lines[0].GetProperty("host").GetString(), Is.EqualTo(trouble.Node));
        Assert.That(lines[1].GetProperty("lasted").GetDouble(), Is.EqualTo(40_000));
        Assert.That(lines[1].GetProperty("message").GetString(), Does.EndWith("after 40.0 s"));
    }

    [Test]
    public void Flapping_trouble_is_logged_at_most_every_ten_seconds_with_its_final_state()
    {
        var lines = Lines((book, time) =>
        {
            for (var second = 0; second < 300; second++)
            {
                book.Update(second % 2 == 0 ? [Down] : []);
                time.Advance(TimeSpan.FromSeconds(1));
            }

            for (var second = 0; second < 20; second++)
            {
                book.Update([]);
                time.Advance(TimeSpan.FromSeconds(1));
            }
        });

        Assert.That(lines.Count, Is.InRange(2, 32));
        Assert.That(lines[^1].GetProperty("event").GetString(), Is.EqualTo("application_up"));
        Assert.That(
            lines.Skip(1).Max(line => line.GetProperty("changes").GetInt32()), Is.GreaterThan(5), "the line counts the changes");
    }

    [Test]
    public void Open_troubles_are_listed_longest_first()
    {
        var time = new FakeTimeProvider();
        using var events = new EventLog("host-a", "worker", Stream.Null);
        var book = new TroubleBook(events, time);
        book.Update([Down]);
        time.Advance(TimeSpan.FromSeconds(3));
        book.Update([Down, Ejected]);
        time.Advance(TimeSpan.FromSeconds(4));

        Assert.That(book.Open.Select(open => (open.Trouble, open.Duration.TotalSeconds)), Is.EqualTo(new[] { (Down, 7d), (Ejected, 4d) }));
        book.Update([Ejected]);
        Assert.That(book.Open.Select(open => open.Trouble), Is.EqualTo(new[] { Ejected }));
    }

    [Test]
    public void Process_that_no_longer_represents_the_node_logs_no_trouble()
    {
        var lines = Lines((book, time) =>
        {
            book.Update([Down]);
            book.Forget();
            time.Advance(TimeSpan.FromMinutes(1));
            book.Update([]);
        });

        Assert.That(lines.Select(line => line.GetProperty("event").GetString()), Is.EqualTo(new[] { "application_down" }));
    }

    private static List<JsonElement> Lines(Action<TroubleBook, FakeTimeProvider> run)
    {
        using var sink = new MemoryStream();
        using (var events = new EventLog("host-a", "worker", sink))
        {
            var time = new FakeTimeProvider();
            run(new TroubleBook(events, time), time);
        }

        return [
            .. Encoding.UTF8.GetString(sink.ToArray())
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
