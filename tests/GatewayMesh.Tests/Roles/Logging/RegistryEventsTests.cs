using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Events;
using GatewayMesh.Roles.Logging;
using GatewayMesh.Tests.Guard;

namespace GatewayMesh.Tests.Roles.Logging;

internal sealed class RegistryEventsTests
{
    private const string Registry = "file:/registry";
    private static readonly ConfigError Unreadable = new(SourceLocation.Option("/registry"), "", "there is no such folder", "make the folder");

    private ManualTime _time = null!;
    private MemoryStream _sink = null!;
    private EventLog _log = null!;
    private RegistryEvents _events = null!;

    [SetUp]
    public void SetUp()
    {
        _time = new ManualTime();
        _sink = new MemoryStream();
        _log = new EventLog("host-a", "worker", _sink);
        _events = new RegistryEvents(_log, _time);
    }

    [TearDown]
    public void TearDown() => _log.Dispose();

    [Test]
    public void The_loss_of_the_registry_and_its_return_are_a_line_each()
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
            "info registry_recovered file:/registry can be read again after 60 s",
        }));
    }

    [Test]
    public void A_snapshot_that_cannot_be_written_is_an_error_of_its_own_name()
    {
        _events.Read(Registry, reached: true, [new ConfigError(SourceLocation.Option("/data/snapshot.json"), "", "cannot be written (No space left on device)", "make room")], TimeSpan.Zero);

        Assert.That(Lines().Single(), Is.EqualTo("error snapshot_not_written /data/snapshot.json: cannot be written (No space left on device); make room"));
    }

    [Test]
    public void A_registry_that_was_never_heard_is_said_so()
    {
        _events.Read(Registry, reached: false, [Unreadable], age: null);
        Assert.That(Lines().Single(), Does.EndWith("last heard before this start"));
    }

    [Test]
    public void An_entry_of_many_errors_costs_one_line_and_its_end_one()
    {
        _events.Read(Registry, reached: true, Errors("web.yaml", 100, more: 49_900), TimeSpan.Zero);
        _events.Read(Registry, reached: true, Errors("web.yaml", 100, more: 49_900), TimeSpan.Zero);
        _time.Advance(RegistryEvents.Pause);
        _events.Read(Registry, reached: true, [], TimeSpan.Zero);

        Assert.That(Lines(), Is.EqualTo(new[]
        {
            "warning configuration_refused web.yaml:1:1: x: is wrong; fix it (and 49,999 more); the last good one stays in use",
            "info configuration_accepted web.yaml has no error any more",
        }));
    }

    [Test]
    public void An_entry_that_changes_all_the_time_costs_a_line_in_ten_seconds_and_its_last_state_is_said()
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
    public void A_thousand_poisoned_entries_cost_twenty_lines_in_ten_seconds()
    {
        ImmutableArray<ConfigError> errors = [.. Enumerable.Range(0, 1_000).SelectMany(entry => Errors($"entry-{entry:0000}", 1))];
        for (var second = 0; second < 30; second++)
        {
            _events.Read(Registry, reached: true, errors, TimeSpan.Zero);
            _events.Tick(null);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(Lines(), Has.Length.EqualTo(3 * RegistryEvents.Most));
    }

    [Test]
    public void A_registry_that_cannot_be_written_to_is_an_error_at_the_beginning_and_a_line_at_the_end()
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
            "info registry_written the registry can be written to again: this node is published",
        }));
    }

    [Test]
    public void In_an_outage_only_the_loss_and_the_return_are_said()
    {
        _events.Read(Registry, reached: false, [Unreadable, .. Errors("web.yaml", 3)], TimeSpan.Zero);
        for (var second = 0; second < 60; second++)
        {
            _events.Tick(Unreadable);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _events.Read(Registry, reached: true, [], TimeSpan.Zero);
        _events.Tick(Unreadable); // the next write is still to come
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
                return $"{json.RootElement.GetProperty("level")} {json.RootElement.GetProperty("event")} {json.RootElement.GetProperty("message")}";
            }),
        ];
    }
}
