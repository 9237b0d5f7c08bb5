using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Roles;

namespace GatewayMesh.Tests.Roles;

internal sealed class NameConflictTests
{
    private readonly NameConflict _conflict = new("host-a", "own");

    [Test]
    public void A_node_that_takes_turns_with_another_of_its_name_says_so_once()
    {
        var said = new[] { "own", "other", "own", "other", "own", "other" }.Select((instance, i) => _conflict.Look(Record(instance), At(2 * i)));

        Assert.That(said, Is.EqualTo(new[] { false, false, false, true, false, false }));
        Assert.That(_conflict.Other, Does.Contain("10.0.0.9:15000"));
    }

    [Test]
    public void What_a_data_directory_that_is_gone_left_behind_is_no_other_node()
    {
        var said = new[] { "other", "other", "own", "own" }.Select((instance, i) => _conflict.Look(Record(instance), At(i)));

        Assert.That(said, Has.None.True);
        Assert.That(_conflict.Other, Is.Null);
    }

    [Test]
    public void A_node_of_a_version_without_instances_is_not_compared()
    {
        foreach (var instance in (string[])["own", "", "own", "", "own", ""])
        {
            _conflict.Look(Record(instance), At(0));
        }

        Assert.That(_conflict.Other, Is.Null);
    }

    [Test]
    public void The_end_is_told_a_minute_after_the_last_record_of_the_other()
    {
        foreach (var instance in (string[])["own", "other", "own", "other", "own"])
        {
            _conflict.Look(Record(instance), At(1));
        }

        Assert.That(_conflict.Look(Record("own"), At(60)), Is.False);
        Assert.That(_conflict.Look(Record("own"), At(62)), Is.True);
        Assert.That(_conflict.Other, Is.Null);
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

    private static NodeRecord Record(string instance) => new() { Node = "host-a", Role = MeshRole.Gateway, Version = "0.2.0", Admin = "10.0.0.9:15000", Instance = instance };

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
}
