using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Yaml;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Files;

internal sealed class NodeFolderTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly JumpingTime _time = new();
    private TemporaryFolder _folder = null!;
    private NodeFolder _reader = null!;
    private NodeFile _writer = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _reader = new NodeFolder(_folder["nodes"], _time);
        _writer = new NodeFile(_folder["nodes"], _time);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void A_published_record_is_read_unchanged()
    {
        var record = Records.Gateway("host-a") with
        {
            Revision = "0badcafe",
            Tier = "gateway",
            Admin = "127.0.0.1:15000",
            RequestRate = 12.5,
            At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Pids = ImmutableSortedDictionary<string, int>.Empty.Add("guard", 1).Add("worker", 2),
            Services = [
                Records.Sidecar("x").Services[0] with
                {
                    Tags = ["a: b", "# c"],
                    Meta = ImmutableSortedDictionary<string, string>.Empty.Add("quote \"", "line\n{ä}"),
                }],
        };
        var errors = new ConfigErrors();

        var read = NodeRecordBinder.Bind(YamlDocuments.ReadOne(NodeRecordText.Write(record), "f.yaml", errors), errors)!;

        Assert.That(errors.ToSorted(), Is.Empty);
        Assert.That(Encoding.UTF8.GetString(NodeRecordText.Write(read)), Is.EqualTo(Encoding.UTF8.GetString(NodeRecordText.Write(record))));
        Assert.That(read.Services[0].Meta["quote \""], Is.EqualTo("line\n{ä}"));
        Assert.That(read.Gateway, Is.EqualTo(record.Gateway));
    }

    [Test]
    public void A_node_that_touches_its_file_stays_alive()
    {
        _writer.Publish(Records.Sidecar("host-a"));
        for (var i = 0; i < 60; i++)
        {
            if (i % 4 == 0)
            {
                _writer.Publish(Records.Sidecar("host-a"));
            }

            Look();
            Assert.That(_reader.Discovered.Single().Alive, Is.True);
        }
    }

    [Test]
    public void A_node_is_gone_but_not_deleted_after_three_missed_touches()
    {
        _writer.Publish(Records.Sidecar("host-a"));
        Look(times: 13);
        Assert.That(_reader.Discovered.Single().Alive, Is.True);

        Look(times: 2);

        Assert.That(_reader.Discovered.Single().Alive, Is.False);
    }

    [Test]
    public void A_gone_node_is_alive_again_at_its_next_touch()
    {
        _writer.Publish(Records.Sidecar("host-a"));
        Look(times: 20);
        _writer.Publish(Records.Sidecar("host-a"));

        Assert.That(Look(), Is.True);
        Assert.That(_reader.Discovered.Single().Alive, Is.True);
    }

    [TestCase(-3600)]
    [TestCase(3600)]
    public void A_jump_of_the_wall_clock_does_not_affect_liveness(int seconds)
    {
        _writer.Publish(Records.Sidecar("host-a"));
        Look();
        _time.Jump = TimeSpan.FromSeconds(seconds);
        _writer.Publish(Records.Sidecar("host-a"));
        Look(times: 12);

        Assert.That(_reader.Discovered.Single().Alive, Is.True);
    }

    [Test]
    public void A_paused_reader_does_not_mark_nodes_as_gone()
    {
        _writer.Publish(Records.Sidecar("host-a"));
        Look();
        _time.Advance(TimeSpan.FromMinutes(5));
        Look();

        Assert.That(_reader.Discovered.Single().Alive, Is.True);
    }

    [Test]
    public void A_node_that_withdraws_is_deleted()
    {
        _writer.Publish(Records.Sidecar("host-a"));
        Look();
        _writer.Withdraw("host-a");
        Look();

        Assert.That(_reader.Discovered, Is.Empty);
    }

    [Test]
    public void An_invalid_file_affects_only_its_node_whose_last_good_record_stays()
    {
        _writer.Publish(Records.Sidecar("host-a"));
        new NodeFile(_folder["nodes"], _time).Publish(Records.Sidecar("host-b"));
        Look();
        File.WriteAllText(_folder["nodes/host-a.yaml"], "node: host-a\nrole: [\n");
        var errors = new ConfigErrors();
        _ = _reader.Poll(readAll: false, errors);

        Assert.That(
            _reader.Discovered.Select(node => (node.Record.Node, node.Record.Services.Length)),
            Is.EqualTo(new[] { ("host-a", 1), ("host-b", 1) }));
        Assert.That(errors.ToSorted().Single().File, Is.EqualTo(_folder["nodes/host-a.yaml"]));
    }

    [Test]
    public void A_file_that_names_another_node_is_refused()
    {
        _writer.Publish(Records.Sidecar("host-a"));
        File.Move(_folder["nodes/host-a.yaml"], _folder["nodes/host-b.yaml"]);
        var errors = new ConfigErrors();
        _ = _reader.Poll(readAll: true, errors);

        Assert.That(_reader.Discovered, Is.Empty);
        Assert.That(errors.ToSorted().Single().Message, Is.EqualTo("the file is named host-b, but its node is host-a"));
    }

    [Test]
    public void Keys_of_a_newer_version_are_ignored()
    {
        _folder.Write("nodes/host-a.yaml", "node: host-a\nrole: gateway\nversion: 9.0.0\nzone: { name: b }\n");
        Look();

        Assert.That(_reader.Discovered.Single().Record.Version, Is.EqualTo("9.0.0"));
    }

    [Test]
    public void A_changed_record_is_written_and_an_unchanged_one_only_touched()
    {
        _writer.Publish(Records.Sidecar("host-a") with { RequestRate = 100 });
        var first = File.ReadAllText(_folder["nodes/host-a.yaml"]);
        _time.Advance(Step);
        _writer.Publish(Records.Sidecar("host-a") with { RequestRate = 105, At = _time.GetUtcNow() });
        Assert.That(File.ReadAllText(_folder["nodes/host-a.yaml"]), Is.EqualTo(first));
        Assert.That(File.GetLastWriteTimeUtc(_folder["nodes/host-a.yaml"]), Is.EqualTo(_time.GetUtcNow().UtcDateTime));

        _writer.Publish(Records.Sidecar("host-a") with { RequestRate = 200 });

        Assert.That(File.ReadAllText(_folder["nodes/host-a.yaml"]), Does.Contain("requestRate: 200"));
    }

    [Test]
    public void A_removed_file_is_written_again()
    {
        _writer.Publish(Records.Sidecar("host-a"));
        Directory.Delete(_folder["nodes"], recursive: true);
        _writer.Publish(Records.Sidecar("host-a"));

        Assert.That(File.Exists(_folder["nodes/host-a.yaml"]), Is.True);
        Assert.That(Directory.GetFiles(_folder["nodes"]), Has.Length.EqualTo(1), "no temporary file is left");
    }

    [Test]
    public void A_touch_keeps_the_parsed_record()
    {
        _writer.Publish(Records.Sidecar("host-a"));
        Look();
        var before = _reader.Discovered.Single();
        _writer.Publish(Records.Sidecar("host-a"));
        Look();

        Assert.That(_reader.Discovered.Single().Record, Is.SameAs(before.Record));
        Assert.That(_reader.Discovered.Single().HeardAt, Is.GreaterThan(before.HeardAt!.Value));
    }

    [TestCase("../host")]
    [TestCase("a/b")]
    [TestCase("")]
    public void A_node_name_that_would_escape_the_folder_is_refused(string node) =>
        Assert.That(() => _writer.Publish(Records.Sidecar("host-a") with { Node = node }), Throws.ArgumentException);

    private bool Look(int times = 1)
    {
        var changed = false;
        for (var i = 0; i < times; i++)
        {
            _time.Advance(Step);
            changed = _reader.Poll(readAll: false, new ConfigErrors());
        }

        return changed;
    }

    /// <summary>A fake clock whose time of day can jump without its timestamps, which FakeTimeProvider moves together.</summary>
    private sealed class JumpingTime : FakeTimeProvider
    {
        /// <summary>Jump of the time of day so far.</summary>
        public TimeSpan Jump { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Jump;
    }
}
