using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Stores;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>A request that waits for the store of rate limits.</summary>
/// <param name="Taken">Limits of this node that gave tokens, a bit each.</param>
/// <param name="Asked">Limits that the store was asked about, a bit each.</param>
internal sealed record RateWait(uint Taken, uint Asked)
{
    /// <summary>Response of the store: for each limit the microseconds to wait and the tokens left; null if there was none.</summary>
    public long[]? Answer { get; private set; }

    /// <summary>Waits for the response, and returns to the loop of the connection.</summary>
    public async Task ArriveAsync(Exchange exchange, Task<StoreReply> asked)
    {
        var result = (await asked.ConfigureAwait(false)).Result;
        var count = 2 * int.PopCount((int)Asked);
        Answer = result is { Resp2Type: ResultType.Array } && (long[]?)result is { } numbers && numbers.Length == count ? numbers : null;
        if (exchange.InboundConnection.Client is { } client)
        {
            await client.Loop.SwitchTo();
        }
    }
}
