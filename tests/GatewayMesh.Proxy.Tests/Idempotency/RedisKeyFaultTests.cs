using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Idempotency.Redis;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>Keys of a service at a real redis-server that loses its data, its connections, or its order, or has damaged records.</summary>
public class RedisKeyFaultTests : RedisKeyRig
{
    [Test]
    public async Task A_server_that_lost_its_data_learns_of_the_running_requests_again()
    {
        var store = Open();
        await store.ClaimAsync(Key(1));

        await Admin.ExecuteAsync("FLUSHALL");
        await Eventually.Until("the running request is known again", () => Admin.KeyExistsAsync(NameOf(1)));

        Assert.That((await Open().ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Running));
        await store.SettleAsync(Key(1), KeyState.Answered, Print, Answer);
        Assert.That((await Open().ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Answered));
    }

    [Test]
    public async Task A_claim_at_a_server_that_lost_its_data_writes_the_running_requests_again()
    {
        // A clock that stands still: the process renews nothing by itself.
        var store = Open(time: new FakeTimeProvider());
        await store.ClaimAsync(Key(1));

        await Admin.ExecuteAsync("FLUSHALL");
        Assert.That((await store.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.Claimed));
        await Eventually.Until("the running request is known again", () => Admin.KeyExistsAsync(NameOf(1)));

        Assert.That((await Open().ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Running));
    }

    [Test]
    public async Task A_renewal_whose_reply_was_lost_does_not_hide_that_the_server_lost_its_data()
    {
        using var relay = new StoppableRelay(Redis.Port);
        var time = new FakeTimeProvider();
        var store = Open(model => model with { Ttl = TimeSpan.FromDays(30) }, time, Connect(relay));
        await store.ClaimAsync(Key(1));

        await Admin.ExecuteAsync("FLUSHALL");
        relay.Mute();
        await Eventually.Until("the server has the lease again", () =>
        {
            time.Advance(OwnerLease.Length / 5);
            return Admin.KeyExistsAsync(Name("owners"));
        });
        relay.Break();

        await Eventually.Until("the running request is known again", () =>
        {
            time.Advance(OwnerLease.Length / 5);
            return Admin.KeyExistsAsync(NameOf(1));
        });
    }

    [Test]
    public async Task A_request_that_ends_while_the_running_ones_are_written_again_leaves_its_key_free()
    {
        const int Ends = RedisKeyStore.HoldsAtOnce + 1; // held in the second round trip, before the last one
        using var relay = new StoppableRelay(Redis.Port);
        var store = Open(time: new FakeTimeProvider(), redis: Connect(relay));
        for (var i = 1; i <= Ends + 1; i++)
        {
            Assert.That((await store.ClaimAsync(Key(i))).State, Is.EqualTo(KeyState.Claimed));
        }

        await Admin.ExecuteAsync("FLUSHALL");
        var stopped = relay.StopBefore(KeyNames.TextOf(Key(1)));
        var claiming = store.ClaimAsync(Key(0)).AsTask();
        await stopped.WaitAsync(Eventually.Deadline);
        var settling = store.SettleAsync(Key(Ends), KeyState.Claimed, null, default).AsTask();
        relay.Continue();

        Assert.That((await settling, (await claiming).State), Is.EqualTo((true, KeyState.Claimed)));
        await Eventually.Until("the last request is known again", () => Admin.KeyExistsAsync(NameOf(Ends + 1)));
        Assert.That(await Admin.KeyExistsAsync(NameOf(Ends)), Is.False);
        Assert.That((await Open().ClaimAsync(Key(Ends))).State, Is.EqualTo(KeyState.Claimed));
        Assert.That((await Open().ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Running));
    }

    [Test]
    public async Task A_key_is_freed_after_a_write_without_a_reply_can_no_longer_arrive()
    {
        using var relay = new StoppableRelay(Redis.Port);
        var time = new FakeTimeProvider();
        var (redis, other) = (Connect(relay), Open());
        var store = Open(time: time, redis: redis);
        await store.ClaimAsync(Key(1));
        var (owner, nonce) = (await Admin.HashGetAsync(NameOf(1), "owner"), await Admin.HashGetAsync(NameOf(1), "nonce"));

        await Admin.ExecuteAsync("FLUSHALL");
        var stopped = relay.StopBefore(KeyNames.TextOf(Key(1)));
        var claiming = store.ClaimAsync(Key(2)).AsTask();
        await stopped.WaitAsync(Eventually.Deadline);
        relay.Break();
        await claiming;
        await Eventually.Until("the server is back", () => redis.IsUp);

        Assert.That(await store.SettleAsync(Key(1), KeyState.Claimed, null, default), Is.False, "not yet");
        await Admin.ScriptEvaluateAsync(KeyScripts.Hold, [NameOf(1)], [owner, nonce, 600_000]); // the write, late
        await Eventually.Until("the key is free", async () =>
        {
            time.Advance(2 * Patient.Patience);
            return (await other.ClaimAsync(Key(1))).State == KeyState.Claimed;
        });
    }

    [Test]
    public async Task Damaged_records_are_never_run_again_nor_sent_and_repaired_ones_are_found()
    {
        var store = Open();
        for (var i = 1; i <= 5; i++)
        {
            await Finish(store, i, KeyState.Answered);
        }

        await Admin.HashSetAsync(NameOf(1), [new("print", "x"), new("answer", "garbage")]);
        await Admin.HashSetAsync(NameOf(2), "state", "sideways");
        await Admin.HashSetAsync(NameOf(3), "state", "claimed");
        await Admin.HashSetAsync(NameOf(4), [new("state", "claimed"), new("print", "0")]);
        await Admin.HashDeleteAsync(NameOf(5), "state");

        var damaged = await store.ClaimAsync(Key(1));
        Assert.That((damaged.Print, KeptAnswer.Read(damaged.Answer)), Is.EqualTo((default(Fingerprint?), default(LocalAnswer))));
        for (var i = 2; i <= 5; i++)
        {
            Assert.That((await store.ClaimAsync(Key(i))).State, Is.EqualTo(KeyState.Unknown), NameOf(i).ToString());
            await Admin.HashSetAsync(NameOf(i), "state", "answered");
            var repaired = await store.ClaimAsync(Key(i));
            Assert.That((repaired.State, repaired.Answer.ToArray()), Is.EqualTo((KeyState.Answered, Answer)), NameOf(i).ToString());
        }
    }

    [Test]
    public async Task A_value_of_another_type_makes_only_the_keys_of_its_service_unavailable_until_it_is_removed()
    {
        var redis = Connect();
        var (payments, orders) = (Open(redis: redis), Open(redis: redis, service: "orders"));
        await payments.ClaimAsync(Key(1));
        await payments.ClaimAsync(Key(2));
        await Admin.KeyDeleteAsync(Name("order"));
        await Admin.StringSetAsync(Name("order"), "x");

        Assert.That((await payments.ClaimAsync(Key(3))).State, Is.EqualTo(KeyState.Unavailable));
        Assert.That(await payments.SettleAsync(Key(1), KeyState.Claimed, null, default), Is.False);
        Assert.That(await payments.SettleAsync(Key(2), KeyState.Answered, Print, Answer), Is.False);
        Assert.That(redis.IsUp, Is.True);
        Assert.That((await orders.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Claimed));

        await Admin.KeyDeleteAsync(Name("order"));
        Assert.That((await payments.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Claimed));
        Assert.That((await payments.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.Answered));
        Assert.That((await payments.ClaimAsync(Key(3))).State, Is.EqualTo(KeyState.Claimed));
    }

    [Test]
    public async Task An_outcome_that_the_server_refuses_does_not_delay_the_next_ones()
    {
        using var relay = new StoppableRelay(Redis.Port);
        var time = new FakeTimeProvider();
        var store = Open(time: time, redis: Connect(relay));
        await store.ClaimAsync(Key(1));
        await store.ClaimAsync(Key(2));

        var stopped = relay.StopBefore(KeyNames.TextOf(Key(1)));
        var settling = Task.WhenAll(
            store.SettleAsync(Key(1), KeyState.Answered, Print, Answer).AsTask(),
            store.SettleAsync(Key(2), KeyState.Answered, Print, Answer).AsTask());
        await stopped.WaitAsync(Eventually.Deadline);
        relay.Break();
        Assert.That(await settling, Is.All.False);
        await Admin.KeyDeleteAsync(NameOf(1));
        await Admin.StringSetAsync(NameOf(1), "x");

        await Eventually.Until("the second outcome is recorded", async () =>
        {
            time.Advance(2 * Patient.Patience);
            return await Admin.HashGetAsync(NameOf(2), "state") == "answered";
        });
    }

    [Test]
    public async Task A_claim_that_fails_in_the_process_gives_its_key_back()
    {
        var (time, fails) = (new FakeTimeProvider(), true);
        var store = Open(model => model with { MaxKeys = 1 }, time, evicted: _ =>
        {
            if (fails)
            {
                throw new InvalidOperationException();
            }
        });
        await Finish(store, 1, KeyState.Answered);

        Assert.That(async () => await store.ClaimAsync(Key(2)), Throws.InvalidOperationException);
        fails = false;

        await Eventually.Until("the key is free", async () =>
        {
            time.Advance(2 * Patient.Patience);
            return (await store.ClaimAsync(Key(2))).State == KeyState.Claimed;
        });
    }
}
