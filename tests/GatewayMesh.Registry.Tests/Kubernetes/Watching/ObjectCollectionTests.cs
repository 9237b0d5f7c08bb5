using GatewayMesh.Registry.Kubernetes.Objects;
using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>Sets of many objects.</summary>
public sealed class ObjectCollectionTests
{
    [Test]
    public void A_change_of_one_of_50_000_objects_copies_only_its_path()
    {
        var objects = Of(50_000);
        _ = objects.Put(Object(25_000, 900_000), Object(25_000, 900_000).Metadata, null);
        var changed = Enumerable.Range(0, 100).Select(index => Object(index * 400, 900_001 + index)).ToList();
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var item in changed)
        {
            _ = objects.Put(item, item.Metadata, null);
        }

        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / changed.Count, Is.LessThan(4096));
    }

    [Test]
    public void A_start_anew_with_the_same_versions_is_no_change_and_projects_nothing()
    {
        var projected = 0;
        var objects = new ObjectCollection<PartialObject, string>(item =>
        {
            projected++;
            return item.Metadata.ResourceVersion;
        });
        Fill(objects, 1000);
        var before = objects.Current;
        objects.Begin();
        foreach (var item in Enumerable.Range(0, 1000).Select(index => Object(index, index + 1)))
        {
            _ = objects.Put(item, item.Metadata, null);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(objects.Swap(), Is.False);
            Assert.That(objects.Current, Is.SameAs(before));
            Assert.That(projected, Is.EqualTo(1000));
        }
    }

    [Test]
    public void An_object_of_which_nothing_is_kept_is_not_in_the_set()
    {
        var objects = new ObjectCollection<PartialObject, string>(item => item.Metadata.ResourceVersion == "2" ? null : "kept");
        objects.Begin();
        _ = objects.Put(Object(1, 1), Object(1, 1).Metadata, null);
        _ = objects.Swap();
        _ = objects.Put(Object(1, 2), Object(1, 2).Metadata, null);
        Assert.That(objects.Current, Is.Empty);
    }

    [Test]
    public void A_projection_that_throws_costs_one_object_and_keeps_its_last_version()
    {
        var objects = new ObjectCollection<PartialObject, string>(item =>
            item.Metadata.ResourceVersion == "2" ? throw new FormatException("a fault") : item.Metadata.ResourceVersion);
        objects.Begin();
        _ = objects.Put(Object(1, 1), Object(1, 1).Metadata, null);
        _ = objects.Swap();
        _ = objects.Put(Object(1, 2), Object(1, 2).Metadata, null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(objects.Current.Find(new ObjectKey("shop", "object-1")), Is.EqualTo("1"));
            Assert.That(objects.Unreadable[new ObjectKey("shop", "object-1")], Is.EqualTo("cannot be used: a fault"));
        }

        _ = objects.Put(Object(1, 3), Object(1, 3).Metadata, null);
        Assert.That(objects.Unreadable, Is.Empty);
    }

    [Test]
    public void At_most_100_unreadable_objects_are_remembered()
    {
        var objects = Of(0);
        for (var index = 0; index < 500; index++)
        {
            _ = objects.Put(null, Object(index, index + 1).Metadata, "bad");
        }

        Assert.That(objects.Unreadable, Has.Count.EqualTo(100));
    }

    private static ObjectCollection<PartialObject, string> Of(int count)
    {
        var objects = new ObjectCollection<PartialObject, string>(item => item.Metadata.ResourceVersion);
        Fill(objects, count);
        return objects;
    }

    private static void Fill(ObjectCollection<PartialObject, string> objects, int count)
    {
        objects.Begin();
        foreach (var item in Enumerable.Range(0, count).Select(index => Object(index, index + 1)))
        {
            _ = objects.Put(item, item.Metadata, null);
        }

        _ = objects.Swap();
    }

    private static PartialObject Object(int name, int version) => new()
    {
        Metadata = new ObjectMeta { Name = $"object-{name}", Namespace = "shop", ResourceVersion = $"{version}" },
    };
}
