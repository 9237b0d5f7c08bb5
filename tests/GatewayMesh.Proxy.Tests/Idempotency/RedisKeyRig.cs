using System.Globalization;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Idempotency.Redis;
using GatewayMesh.Proxy.Stores;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>A real redis-server for each test, and stores of keys that use it, as different processes do.</summary>
public abstract class RedisKeyRig
{
    private protected static readonly Fingerprint Print = new(Digest.OfKey("a", "b", "c"), 6, IsWhole: true);
    private protected static readonly byte[] Answer = Encoding.ASCII.GetBytes("an answer");

    // A busy machine is no slow server.
    private protected static readonly StorePace Patient = new(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(100));

    private readonly List<IAsyncDisposable> _open = [];
    private RedisServer _redis = null!;

    private protected RedisServer Redis => _redis;

    private protected IDatabase Admin { get; private set; } = null!;

    private protected int Evicted { get; private set; }

    [SetUp]
    public async Task Begin()
    {
        _redis = new RedisServer().Start();
        var admin = await _redis.Connect();
        _open.Add(admin);
        (Admin, Evicted) = (admin.GetDatabase(), 0);
    }

    [TearDown]
    public async Task End()
    {
        foreach (var each in Enumerable.Reverse(_open))
        {
            await each.DisposeAsync();
        }

        _open.Clear();
        _redis.Dispose();
    }

    private protected static Digest Key(int number) => Digest.OfKey("web", "payments", number.ToString(CultureInfo.InvariantCulture));

    private protected static RedisKey Name(string end) => "gatewaymesh:keys:{payments}:" + end;

    private protected static RedisKey NameOf(int number) => Name(KeyNames.TextOf(Key(number)));

    private protected static async Task Finish(RedisKeyStore store, int number, KeyState outcome, byte[]? answer = null)
    {
        Assert.That((await store.ClaimAsync(Key(number))).State, Is.EqualTo(KeyState.Claimed));
        var kept = outcome == KeyState.Answered ? answer ?? Answer : default;
        Assert.That(await store.SettleAsync(Key(number), outcome, Print, kept), Is.True);
    }

    // A connection to the server, or to a relay in front of it.
    private protected RedisStore Connect(StoppableRelay? relay = null)
    {
        var redis = new RedisStore("idempotency", "host-a", Patient, new StoreEvents(NullLogger.Instance), TimeProvider.System);
        redis.Use(relay is null ? _redis.Spec : _redis.Spec with { Address = new HostPort("127.0.0.1", relay.Port) });
        _open.Add(redis);
        return redis;
    }

    private protected RedisKeyStore Open(
        Func<IdempotencyModel, IdempotencyModel>? with = null,
        TimeProvider? time = null,
        RedisStore? redis = null,
        string service = "payments",
        Action<int>? evicted = null)
    {
        var model = new IdempotencyModel { Enabled = true, Ttl = TimeSpan.FromHours(1) };
        var store = new RedisKeyStore(
            redis ?? Connect(), service, with?.Invoke(model) ?? model, time ?? TimeProvider.System, evicted ?? (count => Evicted += count));
        _open.Add(store);
        return store;
    }
}
