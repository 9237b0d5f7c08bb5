using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Files;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Files;

/// <summary>Two nodes of one name in one folder, at intervals with which one never sees the other by occasional reads.</summary>
internal sealed class NamesakeTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _time = new();
    private TemporaryFolder _folder = null!;
    private NodeFile _first = null!;
    private NodeFile _second = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        (_first, _second) = (new NodeFile(_folder["nodes"], _time), new NodeFile(_folder["nodes"], _time));
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Both_nodes_find_each_other_at_every_heartbeat_in_any_phase(int steps)
    {
        var (byFirst, bySecond) = (new List<NodeRecord?>(), new List<NodeRecord?>());

        for (var beat = 0; beat < 4; beat++)
        {
            byFirst.Add(Publish(_first, "one"));
            Pass(steps);
            bySecond.Add(Publish(_second, "two"));
            Pass(4 - steps);
        }

        Assert.That(byFirst.Select(other => other?.Instance), Is.EqualTo(new[] { null, "two", "two", "two" }));
        Assert.That(bySecond.Select(other => other?.Instance), Is.EqualTo(new[] { null, "one", "one", "one" }));
        Assert.That(byFirst[2]!.At, Is.GreaterThan(byFirst[1]!.At), "each record is a new one");
    }

    [Test]
    public void A_node_that_starts_with_an_old_record_of_another_data_directory_finds_no_other_node()
    {
        _ = Publish(_first, "gone");

        for (var beat = 0; beat < 3; beat++)
        {
            Pass(4);
            Assert.That(Publish(_second, "two"), Is.Null);
        }
    }

    [Test]
    public void Two_successive_workers_of_a_node_find_no_other_node()
    {
        for (var beat = 0; beat < 3; beat++)
        {
            Assert.That(Publish(_first, "one"), Is.Null);
            Pass(1);
            Assert.That(Publish(_second, "one"), Is.Null);
            Pass(3);
        }
    }

    [Test]
    public void A_record_without_an_instance_or_an_invalid_one_is_not_another_node()
    {
        foreach (var text in (string[])["node: \"gw-1\"\nrole: gateway\nversion: \"0.1.0\"\n", "{", "", new string('x', 20_000)])
        {
            _ = Publish(_first, "one");
            Pass(1);
            _folder.Write("nodes/gw-1.yaml", text);
            Pass(3);
            Assert.That(Publish(_first, "one"), Is.Null, text);
        }
    }

    [Test]
    public void A_reader_sees_one_change_a_minute_when_two_nodes_overwrite_each_other()
    {
        var reader = new NodeFolder(_folder["nodes"], _time);
        List<NodeRecord> seen = [];
        void Look()
        {
            _time.Advance(Step);
            _ = reader.Poll(readAll: false, new ConfigErrors());
            if (reader.Discovered is [var discovered] && (seen.Count == 0 || !ReferenceEquals(seen[^1], discovered.Record)))
            {
                seen.Add(discovered.Record);
            }
        }

        for (var beat = 0; beat < 60; beat++)
        {
            _ = Publish(_first, "one");
            Look();
            _ = Publish(_second, "two");
            Look();
            Look();
            Look();
        }

        Assert.That(seen.Take(2).Select(record => record.Instance), Is.EqualTo(new[] { "one", "two" }));
        Assert.That(seen, Has.Count.LessThanOrEqualTo(4), "at most one change a minute for two minutes");
    }

    [Test]
    public void A_reader_switches_to_the_node_that_still_writes_when_the_other_falls_silent()
    {
        var reader = new NodeFolder(_folder["nodes"], _time);
        for (var step = 0; step < 40; step++)
        {
            if (step % 4 == 0)
            {
                _ = Publish(_first, "one");
            }

            if (step is 1 or 5)
            {
                _ = Publish(_second, "two");
            }

            _time.Advance(Step);
            _ = reader.Poll(readAll: false, new ConfigErrors());
        }

        Assert.That(reader.Discovered.Single().Record.Instance, Is.EqualTo("one"));
        Assert.That(reader.Discovered.Single().Alive, Is.True);
    }

    private NodeRecord? Publish(NodeFile file, string instance)
    {
        file.Publish(Records.Gateway("gw-1") with { Instance = instance, At = _time.GetUtcNow() });
        return file.Displaced;
    }

    private void Pass(int steps) => _time.Advance(steps * Step);
}
