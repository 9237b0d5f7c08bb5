using GatewayMesh.Proxy.Stores;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Idempotency.Redis;

/// <summary>
/// Lease of this process at a server, for the keys of one service. While it lasts, the requests of the process count as running. A server
/// without the lease may have lost its data, and the running requests with it, and so may one to which a lost connection was made again.
/// </summary>
/// <param name="store">The server.</param>
/// <param name="names">Names of the keys.</param>
/// <param name="owner">Name of this process.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnerLease(RedisStore store, KeyNames names, string owner, TimeProvider time)
{
    /// <summary>Time after which the requests of a process that died have an unknown outcome: 10 s.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private long _renewedAt;
    private int _losses;

    /// <summary>The server's clock. It is known once there was a lease.</summary>
    public ServerClock Clock { get; } = new(time);

    /// <summary>True once a fifth of the lease is over.</summary>
    public bool IsDue => !Clock.IsKnown || time.GetElapsedTime(_renewedAt) >= Length / 5;

    /// <summary>Number of times that the server may have lost its data.</summary>
    public int Losses => Volatile.Read(ref _losses) + store.Restored;

    /// <summary>Renews the lease. Returns false if there was no reply.</summary>
    public async Task<bool> RenewAsync()
    {
        var (askedAt, isFirst) = (time.GetTimestamp(), !Clock.IsKnown);
        var reply = await store.RunAsync(KeyScripts.Renew, [names.Owners], [owner, (long)Length.TotalMilliseconds]).ConfigureAwait(false);
        if (reply.Result is null)
        {
            if (reply is { WasSent: true, IsRefused: false })
            {
                Interlocked.Increment(ref _losses); // this one may have created the lease: the next reply would not show it
            }

            return false;
        }

        var fields = (RedisResult[])reply.Result!;
        Clock.Learn((long)fields[0], askedAt);
        _renewedAt = askedAt;
        if (!isFirst && (int)fields[1] == 0)
        {
            Interlocked.Increment(ref _losses);
        }

        return true;
    }

    /// <summary>Releases the lease: requests that still run have an unknown outcome.</summary>
    public Task LeaveAsync() => store.RunAsync(KeyScripts.Leave, [names.Owners], [owner]);
}
