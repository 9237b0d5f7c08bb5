using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Nodes;

namespace GatewayMesh.Tests.Nodes;

internal sealed class NameConflictTests
{
    private NameConflict _conflict = null!;

    [SetUp]
    public void SetUp() => _conflict = new NameConflict();

    [Test]
    public void Name_conflict_is_reported_once_after_two_foreign_records()
    {
        var changed = Enumerable.Range(0, 5).Select(i => _conflict.Meet(Record("other", i), At(2 * i)));

        Assert.That(changed, Is.EqualTo(new[] { false, true, false, false, false }));
        Assert.That(_conflict.Other, Does.Contain("10.0.0.9:15000"));
    }

    [Test]
    public void Single_foreign_record_is_not_a_name_conflict()
    {
        var changed = Enumerable.Range(0, 5).Select(i => _conflict.Meet(Record("other", 0), At(2 * i)));

        Assert.That(changed, Has.None.True);
        Assert.That(_conflict.Other, Is.Null);
    }

    [Test]
    public void End_of_a_name_conflict_is_reported_after_a_quiet_minute()
    {
        _ = _conflict.Meet(Record("other", 0), At(0));
        _ = _conflict.Meet(Record("other", 1), At(1));

        Assert.That(_conflict.Tick(At(60)), Is.False);
        Assert.That(_conflict.Tick(At(62)), Is.True);
        Assert.That(_conflict.Other, Is.Null);
        Assert.That(_conflict.Tick(At(63)), Is.False);
    }

    [Test]
    public void Restarted_node_keeps_its_instance_id()
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-instance-").FullName;
        try
        {
            var first = NodeInstance.Of(folder);

            Assert.That(first, Has.Length.EqualTo(32));
            Assert.That(NodeInstance.Of(folder), Is.EqualTo(first));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static NodeRecord Record(string instance, int second) => new()
    {
        Node = "host-a",
        Role = MeshRole.Gateway,
        Version = "0.2.0",
        Admin = "10.0.0.9:15000",
        Instance = instance,
        At = DateTimeOffset.UnixEpoch.AddSeconds(second),
    };

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
}
