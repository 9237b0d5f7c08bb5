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
        ("BUSY", "the server is running another script"),
        ("MASTERDOWN", "the server is a replica"),
        ("NOREPLICAS", "the server has too few replicas"),
        ("CLUSTERDOWN", "the cluster of the server is down"),
    ];

    private static readonly string[] OfData = ["WRONGTYPE", "user_script"]; // all errors within a script name the script

    /// <summary>Returns the state after a failure, and its reason.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="patience">Longest wait for a response.</param>
    public static (StoreState State, string Reason) Of(Exception failure, TimeSpan patience)
    {
        if (failure is RedisException && ReasonOf(failure) is { } reason)
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

    /// <summary>
    /// True if a script failed because of the data that it found, such as a value of another type. The server is usable: scripts over other
    /// names do not fail.
    /// </summary>
    public static bool IsAboutData(RedisServerException failure) => ReasonOf(failure) is null
        && Array.Exists(OfData, sign => failure.Message.Contains(sign, StringComparison.Ordinal));

    private static string? ReasonOf(Exception failure) =>
        Array.Find(Known, each => failure.Message.Contains(each.Sign, StringComparison.Ordinal)).Reason;
}
