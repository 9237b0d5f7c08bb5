using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Events;
using GatewayMesh.Logging;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Tests.Logging;

internal sealed class RegistryEventsTests
{
    private const string Registry = "file:/registry";
    private static readonly ConfigError Unreadable = new(
        SourceLocation.Option("/registry"), "", "there is no such folder", "make the folder");

    private FakeTimeProvider _time = null!;
    private MemoryStream _sink = null!;
    private EventLog _log = null!;
    private RegistryEvents _events = null!;

    [SetUp]
    public void SetUp()
    {
        _time = new FakeTimeProvider();
        _sink = new MemoryStream();
        _log = new EventLog("host-a", "worker", _sink);
        _events = new RegistryEvents(_log, _time);
    }

    [TearDown]
    public void TearDown() => _log.Dispose();

    [Test]
    public void Registry_loss_and_return_are_one_line_each()
    {
        _events.Read(Registry, reached: true, [], TimeSpan.Zero);
        for (var second = 0; second < 60; second++)
        {
            _events.Read(Registry, reached: false, [Unreadable], TimeSpan.FromSeconds(7 + second));
            _events.Tick(null);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _events.Read(Registry, reached: true, [], TimeSpan.Zero);

        Assert.That(Lines(), Is.EqualTo(new[]
        {
            "warning registry_lost /registry: there is no such folder; make the folder; last heard 7 s ago",
            "info registry_recovered file:/registry is reachable again after 60 s",
        }));
    }

    [Test]
    public void Snapshot_write_error_has_its_own_event()
    {
        _events.Read(
            Registry,
            reached: true,
            [new ConfigError(SourceLocation.Option("/data/snapshot.json"), "", "cannot be written (No space left on device)", "make room")],
            TimeSpan.Zero);

        Assert.That(
            Lines().Single(),
            Is.EqualTo("error snapshot_not_written /data/snapshot.json: cannot be written (No space left on device); make room"));
    }

    [Test]
    public void Never_reached_registry_is_logged_as_such()
    {
        _events.Read(Registry, reached: false, [Unreadable], age: null);
        Assert.That(Lines().Single(), Does.EndWith("last heard before this start"));
    }

    [Test]
    public void Entry_with_many_errors_is_one_line_at_its_start_and_end()
    {
        _events.Read(Registry, reached: true, Errors("web.yaml", 100, more: 49_900), TimeSpan.Zero);
        _events.Read(Registry, reached: true, Errors("web.yaml", 100, more: 49_900), TimeSpan.Zero);
        _time.Advance(RegistryEvents.Pause);
        _events.Read(Registry, reached: true, [], TimeSpan.Zero);

        Assert.That(Lines(), Is.EqualTo(new[]
        {
            "warning configuration_refused web.yaml:1:1: x: is wrong; fix it (and 49,999 more); the last good version stays in use",
            "info configuration_accepted web.yaml is valid again",
        }));
    }

    [Test]
    public void Flapping_entry_is_one_line_per_ten_seconds_and_its_final_state_is_logged()
    {
        for (var step = 0; step < 1_000; step++)
        {
            _events.Read(Registry, reached: true, step % 2 == 0 ? Errors("web.yaml", (step % 7) + 1) : [], TimeSpan.Zero);
            _time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.That(Lines(), Has.Length.LessThanOrEqualTo(4), "in 20 s");
        _time.Advance(RegistryEvents.Pause);
        _events.Tick(null);
        Assert.That(Lines()[^1], Does.StartWith("info configuration_accepted"));
    }

    [Test]
    public void Thousand_poisoned_entries_are_twenty_lines_per_ten_seconds()
    {
        ImmutableArray<ConfigError> errors = [.. Enumerable.Range(0, 1_000).SelectMany(entry => Errors($"entry-{entry:0000}", 1))];
        for (var second = 0; second < 30; second++)
        {
            _events.Read(Registry, reached: true, errors, TimeSpan.Zero);
            _events.Tick(null);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(Lines(), Has.Length.EqualTo(3 * RegistryEvents.Max));
    }

    [Test]
    public void Failing_registry_write_is_logged_at_its_start_and_end()
    {
        var refused = new ConfigError(SourceLocation.Option(Registry), "", "this node could not be published (Permission denied)", "check");
        _events.Read(Registry, reached: true, [], TimeSpan.Zero);
        for (var second = 0; second < 60; second++)
        {
            _events.Tick(refused);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _events.Tick(null);
        _events.Tick(null);

        Assert.That(Lines(), Is.EqualTo(new[]
        {
            "error registry_not_written file:/registry: this node could not be published (Permission denied); check",
            "info registry_written registry writes work again; this node is published",
        }));
    }

    [Test]
    public void Outage_logs_only_loss_and_return()
    {
        _events.Read(Registry, reached: false, [Unreadable, .. Errors("web.yaml", 3)], TimeSpan.Zero);
        for (var second = 0; second < 60; second++)
        {
            _events.Tick(Unreadable);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _events.Read(Registry, reached: true, [], TimeSpan.Zero);
        _events.Tick(Unreadable); // the next write is pending
        _events.Tick(null);

        Assert.That(Lines().Select(line => line.Split(' ')[1]), Is.EqualTo(new[] { "registry_lost", "registry_recovered" }));
    }

    private static ImmutableArray<ConfigError> Errors(string entry, int count, int more = 0)
    {
        var errors = Enumerable.Range(1, count).Select(line => new ConfigError(entry, line, 1, "x", "is wrong", "fix it"));
        return more == 0 ? [.. errors] : [.. errors, new ConfigError(entry, 0, 0, "", "and more", "") { More = more }];
    }

    private string[] Lines()
    {
        Assert.That(_log.Flush(TimeSpan.FromSeconds(30)), Is.True);
        return
        [
            .. Encoding.UTF8.GetString(_sink.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
            {
                using var json = JsonDocument.Parse(line);
                return $"{json.RootElement.GetProperty("level")} {json.RootElement.GetProperty("event")} "
                    + $"{json.RootElement.GetProperty("message")}";
            }),
        ];
    }
}
