using System.Globalization;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Idempotency.Redis;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>Keys of a service at a real redis-server: claims, leases, bounds.</summary>
public class RedisKeyStoreTests : RedisKeyRig
{
    [Test]
    public async Task A_key_is_claimed_once_and_its_outcome_found_by_all_processes()
    {
        var (one, two) = (Open(), Open());

        Assert.That((await one.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Claimed));
        Assert.That((await two.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Running));
        Assert.That((await one.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Running));
        Assert.That(await one.SettleAsync(Key(1), KeyState.Answered, Print, Answer), Is.True);
        await Finish(one, 2, KeyState.NotKept);
        await Finish(one, 3, KeyState.Unknown);
        await Finish(one, 4, KeyState.Claimed);

        foreach (var each in (RedisKeyStore[])[one, Open()])
        {
            var found = await each.ClaimAsync(Key(1));
            Assert.That((found.State, found.Print, found.Answer.ToArray()), Is.EqualTo((KeyState.Answered, (Fingerprint?)Print, Answer)));
            Assert.That((await each.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.NotKept));
            Assert.That((await each.ClaimAsync(Key(3))).State, Is.EqualTo(KeyState.Unknown));
        }

        Assert.That((await one.ClaimAsync(Key(4))).State, Is.EqualTo(KeyState.Claimed));
    }

    [Test]
    public async Task Of_three_processes_exactly_one_gets_a_key()
    {
        RedisKeyStore[] stores = [Open(), Open(), Open()];
        foreach (var batch in Enumerable.Range(0, 900).Chunk(90))
        {
            var claims = await Task.WhenAll(
                batch.Select(i => Task.Run(async () => (Key: i / 3, (await stores[i % 3].ClaimAsync(Key(i / 3))).State))));
            foreach (var key in claims.GroupBy(claim => claim.Key))
            {
                Assert.That(key.Count(claim => claim.State == KeyState.Claimed), Is.EqualTo(1));
                Assert.That(key.Count(claim => claim.State == KeyState.Running), Is.EqualTo(2));
            }
        }
    }

    [Test]
    public async Task Running_requests_of_a_process_without_a_lease_have_an_unknown_outcome_and_are_never_claimed_again()
    {
        // A clock that stands still: the process renews nothing any more.
        var (dead, next) = (Open(time: new FakeTimeProvider()), Open());
        await dead.ClaimAsync(Key(1));
        Assert.That((await next.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Running));

        await LoseLeases();

        await Eventually.Until("the other one is known to be dead", async () => (await next.ClaimAsync(Key(1))).State == KeyState.Unknown);
        Assert.That((await Open().ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Unknown));
    }

    [Test]
    public async Task A_process_that_was_only_slow_still_records_its_outcome()
    {
        var (slow, next) = (Open(time: new FakeTimeProvider()), Open());
        await slow.ClaimAsync(Key(1));
        await LoseLeases();
        Assert.That((await next.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Unknown));

        Assert.That(await slow.SettleAsync(Key(1), KeyState.Answered, Print, Answer), Is.True);

        Assert.That((await next.ClaimAsync(Key(1))).Answer.ToArray(), Is.EqualTo(Answer));
    }

    [Test]
    public async Task A_process_that_ends_leaves_its_running_requests_with_an_unknown_outcome_at_once()
    {
        var (ends, next) = (Open(), Open());
        await ends.ClaimAsync(Key(1));
        await ends.DisposeAsync();

        Assert.That((await next.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Unknown));
        Assert.That((await ends.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.Unavailable));
    }

    [Test]
    public async Task A_lease_is_renewed_while_the_process_lives()
    {
        var store = Open();
        await store.ClaimAsync(Key(1));
        await LoseLeases();

        await Eventually.Until("the lease is renewed", async () => (await Admin.HashGetAllAsync(Name("owners"))).Length == 1);

        Assert.That((await Open().ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Running));
    }

    [Test]
    public async Task A_claim_that_reaches_the_server_too_late_claims_nothing()
    {
        var names = new KeyNames("payments");
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        async Task<string?> Claim(long latest) => (string?)((RedisResult[])(await Admin.ScriptEvaluateAsync(
            KeyScripts.Claim, names.All(Key(1)), ["me", "n1", latest, 10_000, 60_000, 10, 1 << 20, names.Prefix, KeyNames.TextOf(Key(1))]))!)[0];

        await Admin.ScriptEvaluateAsync(KeyScripts.Renew, [names.Owners], ["me", 10_000]);

        Assert.That(await Claim(now - 1000), Is.EqualTo("late"));
        Assert.That(await Admin.KeyExistsAsync(NameOf(1)), Is.False);
        Assert.That(await Claim(now + 5000), Is.EqualTo("claimed"));
    }

    [Test]
    public async Task A_server_whose_clock_was_set_forward_claims_keys_after_one_more_round()
    {
        var time = new ShiftedTime();
        var store = Open(time: time);
        await Finish(store, 1, KeyState.Answered);

        time.Shift = TimeSpan.FromMinutes(-5);

        Assert.That((await store.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.Claimed));
    }

    [Test]
    public async Task An_outcome_of_an_older_claim_changes_nothing()
    {
        var names = new KeyNames("payments");
        var store = Open();
        await store.ClaimAsync(Key(1));

        var settled = (int)await Admin.ScriptEvaluateAsync(
            KeyScripts.Settle, names.All(Key(1)), ["another", "free", "", "", 60_000, KeyNames.TextOf(Key(1))]);

        Assert.That(settled, Is.Zero);
        Assert.That((string?)await Admin.HashGetAsync(NameOf(1), "state"), Is.EqualTo("running"));
    }

    [Test]
    public async Task Beyond_the_number_of_keys_the_oldest_go_but_never_a_running_one()
    {
        var store = Open(model => model with { MaxKeys = 10 });
        await store.ClaimAsync(Key(0));
        for (var i = 1; i <= 30; i++)
        {
            await Finish(store, i, KeyState.Answered);
        }

        Assert.That(await Count(), Is.EqualTo(10));
        Assert.That(Evicted, Is.EqualTo(21));
        Assert.That((await Open().ClaimAsync(Key(0))).State, Is.EqualTo(KeyState.Running));
        Assert.That((await store.ClaimAsync(Key(30))).State, Is.EqualTo(KeyState.Answered));
        Assert.That((await store.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Claimed));
    }

    [Test]
    public async Task All_responses_together_stay_within_their_bound()
    {
        var store = Open(model => model with { MaxBytes = IdempotencyModel.MinBytes });
        for (var i = 0; i < 100; i++)
        {
            await Finish(store, i, KeyState.Answered, new byte[40_000]);
        }

        await Finish(store, 100, KeyState.Claimed);
        Assert.That((long)await Admin.HashGetAsync(Name("sizes"), "all"), Is.InRange(IdempotencyModel.MinBytes / 2, IdempotencyModel.MinBytes));
        Assert.That(await Count(), Is.LessThan(30));
        Assert.That((await store.ClaimAsync(Key(99))).State, Is.EqualTo(KeyState.Answered));
    }

    [Test]
    public async Task The_bytes_of_a_response_whose_time_is_over_are_not_counted_once_its_key_is_free()
    {
        var store = Open();
        await Finish(store, 1, KeyState.Answered);
        Assert.That((long)await Admin.HashGetAsync(Name("sizes"), "all"), Is.Positive);
        await Admin.KeyDeleteAsync(NameOf(1)); // as at the end of its time

        await Finish(store, 1, KeyState.Claimed);

        Assert.That((long)await Admin.HashGetAsync(Name("sizes"), "all"), Is.Zero);
        Assert.That(await Admin.HashExistsAsync(Name("sizes"), KeyNames.TextOf(Key(1))), Is.False);
    }

    [Test]
    public async Task Everything_at_the_server_has_an_end()
    {
        var store = Open(model => model with { Ttl = TimeSpan.FromMinutes(5) });
        await store.ClaimAsync(Key(1));
        await Finish(store, 2, KeyState.Answered);

        foreach (var key in Admin.Multiplexer.GetServers().Single().Keys(pattern: "*"))
        {
            Assert.That(await Admin.KeyTimeToLiveAsync(key), Is.InRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)), key.ToString());
        }
    }

    private async Task<int> Count()
    {
        var count = 0;
        await foreach (var key in Admin.Multiplexer.GetServers().Single().KeysAsync(pattern: "gatewaymesh:keys:*"))
        {
            count += key.ToString().Length > 80 ? 1 : 0;
        }

        return count;
    }

    private Task LoseLeases() => Admin.KeyDeleteAsync(Name("owners"));
}
