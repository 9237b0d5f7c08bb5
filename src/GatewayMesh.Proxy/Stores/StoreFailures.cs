using System.Globalization;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Stores;

/// <summary>Reasons why a store is not used. The text of a failure may have more than a log should: only its kind is told.</summary>
internal static class StoreFailures
{
    private static readonly (string Sign, string Reason)[] Known =
    [
        ("NOAUTH", "the server refuses the user or password"),
        ("WRONGPASS", "the server refuses the user or password"),
        ("NOPERM", "the user may not do this; it needs the keys gatewaymesh:* and scripts"),
        ("OOM", "the server has no memory left"),
        ("MISCONF", "the server cannot write to its disk"),
        ("READONLY", "the server is a replica"),
        ("LOADING", "the server is loading its data"),
    ];

    /// <summary>Returns the state after a failure, and its reason.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="patience">Longest wait for a response.</param>
    public static (StoreState State, string Reason) Of(Exception failure, TimeSpan patience)
    {
        if (failure is RedisException && Array.Find(Known, each => failure.Message.Contains(each.Sign, StringComparison.Ordinal)) is
            { Reason: { } reason })
        {
            return (StoreState.Gone, reason);
        }

        return failure switch
        {
            RedisServerException => (StoreState.Gone, "the server refused the command"),
            RedisConnectionException => (StoreState.Gone, "no connection"),
            _ => (StoreState.Slow, string.Create(CultureInfo.InvariantCulture, $"no response within {patience.TotalMilliseconds} ms")),
        };
    }
}
