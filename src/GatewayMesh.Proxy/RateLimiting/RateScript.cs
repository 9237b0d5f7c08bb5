using System.Globalization;
using GatewayMesh.Configuration.Policies.RateLimiting;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// Token buckets in a Redis server, all limits of a request in one script and one round trip. The same rule as <see cref="TokenBucket"/>,
/// by the server's clock; a key expires when its bucket is full. A time beyond that of an empty bucket was written under a lower rate, or
/// by a server with another clock. The keys of a service share a hash slot.
/// </summary>
internal static class RateScript
{
    /// <summary>Arguments for each key: 4. Microseconds of a token and of the bucket, tokens to take, and 1 if enforced.</summary>
    public const int Arguments = 4;

    /// <summary>
    /// The script. Takes from all keys, or, if an enforced one has too few, from none. Returns for each key the microseconds to wait (0 if
    /// there were enough) and the tokens left.
    /// </summary>
    public const string Text =
        """
        local clock = redis.call('TIME')
        local now = (clock[1] - 1700000000) * 1000000 + clock[2]
        local result, full, refused = {}, {}, false
        for i = 1, #KEYS do
          local at = (i - 1) * 4
          local interval, window, cost = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
          local most = math.max(window, cost * interval)
          local before = math.max(tonumber(redis.call('GET', KEYS[i]) or now), now)
          if before > now + most then
            before = now + most
            redis.call('SET', KEYS[i], string.format('%.3f', before), 'PX', math.ceil(most / 1000) + 1)
          end
          local after = before + cost * interval
          local wait = after - now - most
          result[2 * i - 1], result[2 * i] = 0, math.floor((window - (before - now)) / interval)
          if wait > 0.5 then
            result[2 * i - 1] = math.ceil(wait)
            refused = refused or ARGV[at + 4] == '1'
          else
            full[i] = after
          end
        end
        if not refused then
          for i, after in pairs(full) do
            redis.call('SET', KEYS[i], string.format('%.3f', after), 'PX', math.ceil((after - now) / 1000) + 1)
          end
        end
        return result
        """;

    /// <summary>Returns the name of a bucket.</summary>
    public static RedisKey KeyOf(string service, RateLimitModel model, UInt128 key) =>
        string.Create(CultureInfo.InvariantCulture, $"gatewaymesh:rate:{{{service}}}:{model.Name}:{key:x32}");
}
