using System.Globalization;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>A redis-server, its replica, and one address that is handed over from the first to the second.</summary>
internal sealed class RedisPair : IDisposable
{
    private readonly RedisServer _primary = new();
    private readonly RedisServer _replica = new();
    private readonly StoppableRelay _address;

    private RedisPair() => _address = new StoppableRelay(_primary.Port);

    /// <summary>The address as a bootstrap names it.</summary>
    public RedisSpec Spec => _primary.Spec with { Address = new HostPort("127.0.0.1", _address.Port) };

    /// <summary>Starts both, and returns once the replica follows.</summary>
    public static async Task<RedisPair> Start()
    {
        var pair = new RedisPair();
        pair._primary.Start();
        pair._replica.Start();
        await using (var primary = await pair._primary.Connect())
        {
            await primary.GetDatabase().ExecuteAsync("CONFIG", "SET", "repl-diskless-sync-delay", "0");
        }

        await using var admin = await pair._replica.Connect();
        await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "masterauth", RedisServer.Password);
        await admin.GetDatabase().ExecuteAsync(
            "REPLICAOF", "127.0.0.1", pair._primary.Port.ToString(CultureInfo.InvariantCulture));
        await Eventually.Until("the replica follows", async () => await LinkOf(admin) == "up");
        return pair;
    }

    /// <summary>Waits until the replica has everything.</summary>
    public async Task ReplicateAsync()
    {
        await using var admin = await _primary.Connect();
        Assert.That((int)await admin.GetDatabase().ExecuteAsync("WAIT", "1", "20000"), Is.EqualTo(1));
    }

    /// <summary>Ends the replication: what the primary accepts from now on is not at the replica.</summary>
    public async Task CutAsync()
    {
        await using var admin = await _replica.Connect();
        await admin.GetDatabase().ExecuteAsync("REPLICAOF", "NO", "ONE");
    }

    /// <summary>Kills the primary (SIGKILL).</summary>
    public void Kill() => _primary.Kill();

    /// <summary>Hands the address over to the replica.</summary>
    public void HandOver()
    {
        _address.MoveTo(_replica.Port);
        _address.Break();
    }

    /// <summary>Makes the replica a primary, once it has read all that the old one had sent.</summary>
    public async Task PromoteAsync()
    {
        await using (var admin = await _replica.Connect())
        {
            await Eventually.Until("the replica has lost its primary", async () => await LinkOf(admin) != "up");
        }

        await CutAsync();
    }

    /// <summary>Connects to the replica.</summary>
    public Task<IConnectionMultiplexer> ConnectToReplica() => _replica.Connect();

    public void Dispose()
    {
        _address.Dispose();
        _primary.Dispose();
        _replica.Dispose();
    }

    private static async Task<string?> LinkOf(IConnectionMultiplexer admin) =>
        (await admin.GetServers().Single().InfoAsync("replication")).SelectMany(section => section)
            .FirstOrDefault(pair => pair.Key == "master_link_status").Value;
}
