using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Roles;

namespace GatewayMesh.Tests.Roles;

internal sealed class NameConflictTests
{
    private NameConflict _conflict = null!;

    [SetUp]
    public void SetUp() => _conflict = new NameConflict();

    [Test]
    public void A_node_whose_record_another_of_its_name_replaced_twice_says_so_once()
    {
        var said = Enumerable.Range(0, 5).Select(i => _conflict.Meet(Record("other", i), At(2 * i)));

        Assert.That(said, Is.EqualTo(new[] { false, true, false, false, false }));
        Assert.That(_conflict.Other, Does.Contain("10.0.0.9:15000"));
    }

    [Test]
    public void One_record_of_a_process_that_is_about_to_end_is_no_other_node_however_often_it_is_read()
    {
        var said = Enumerable.Range(0, 5).Select(i => _conflict.Meet(Record("other", 0), At(2 * i)));

        Assert.That(said, Has.None.True);
        Assert.That(_conflict.Other, Is.Null);
    }

    [Test]
    public void The_end_is_told_a_minute_after_the_last_record_of_the_other()
    {
        _ = _conflict.Meet(Record("other", 0), At(0));
        _ = _conflict.Meet(Record("other", 1), At(1));

        Assert.That(_conflict.Tick(At(60)), Is.False);
        Assert.That(_conflict.Tick(At(62)), Is.True);
        Assert.That(_conflict.Other, Is.Null);
        Assert.That(_conflict.Tick(At(63)), Is.False);
    }

    [Test]
    public void A_restarted_node_has_the_instance_that_it_had()
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
