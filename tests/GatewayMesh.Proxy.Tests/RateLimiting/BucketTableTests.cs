using GatewayMesh.Proxy.RateLimiting;

namespace GatewayMesh.Proxy.Tests.RateLimiting;

public sealed class BucketTableTests
{
    [Test]
    public void Beyond_the_bound_the_least_recently_used_bucket_is_given_up()
    {
        var room = new BucketRoom(most: 3);
        var table = new BucketTable(room);
        var (one, two) = (table.Of(1, now: 1), table.Of(2, now: 2));
        table.Of(3, now: 3);
        Assert.That(table.Of(1, now: 4), Is.SameAs(one));

        table.Of(4, now: 5);

        Assert.That((table.Count, room.Count, room.Evicted), Is.EqualTo((3, 3, 1)));
        Assert.That(table.Of(1, now: 6), Is.SameAs(one), "used after 2");
        Assert.That(table.Of(2, now: 7), Is.Not.SameAs(two));
    }

    [Test]
    public void A_flood_of_keys_keeps_the_bound_and_forgets_no_bucket_of_another_limit()
    {
        var room = new BucketRoom(most: 1000);
        var (flooded, other) = (new BucketTable(room), new BucketTable(room));
        var kept = other.Of(7, now: 0);
        for (var i = 0; i < 50_000; i++)
        {
            flooded.Of((UInt128)i, now: i);
        }

        Assert.That((room.Count, other.Count), Is.EqualTo((1000, 1)));
        Assert.That(other.Of(7, now: 50_000), Is.SameAs(kept));
    }

    [Test]
    public void The_bound_holds_under_concurrent_floods()
    {
        var room = new BucketRoom(most: 500);
        var tables = Enumerable.Range(0, 4).Select(_ => new BucketTable(room)).ToList();
        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < 5000; i++)
            {
                tables[worker % 4].Of((UInt128)((worker * 10_000) + (i % 3000)), i);
            }
        });
        Assert.That(room.Count, Is.EqualTo(tables.Sum(table => table.Count)).And.LessThanOrEqualTo(508));
    }

    [Test]
    public void A_removed_limit_leaves_no_bucket_behind()
    {
        var room = new BucketRoom(most: 100);
        var table = new BucketTable(room);
        table.Of(1, now: 1);
        room.Remove(table);
        Assert.That(table.Of(2, now: 2), Is.Not.Null, "a request that began before");
        Assert.That(room.Count, Is.Zero);
    }
}
