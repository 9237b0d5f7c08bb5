namespace GatewayMesh.Proxy.Idempotency.Redis;

/// <summary>
/// Scripts over the keys of one service in a Redis server. All names share a hash slot:
/// <code>
/// gatewaymesh:keys:{SERVICE}:DIGEST   a key: state, owner, nonce of the claim, fingerprint, response
/// gatewaymesh:keys:{SERVICE}:owners   processes that may have running requests, with the end of their lease
/// gatewaymesh:keys:{SERVICE}:order    keys by the end of their time
/// gatewaymesh:keys:{SERVICE}:sizes    bytes of each key, and in the field "all" of all keys
/// </code>
/// A claim is never taken over: a running key whose owner has no lease has an unknown outcome. Its owner, if it was only slow, may still
/// record the outcome, since no other node can have run the request. Times are milliseconds of the server's clock.
/// </summary>
internal static class KeyScripts
{
    /// <summary>
    /// Claims a key. A claim that arrives after its latest time claims nothing: the request has been refused, and nobody would run it. A
    /// process without a lease claims nothing either: the server may have lost its data, and must learn of the running requests first. A
    /// claim that fails midway is undone.
    /// Keys: the key, owners, order, sizes. Arguments: owner, nonce, latest time, lease, time to keep the key, most keys, most bytes,
    /// name of a key without its digest, digest. Returns <c>late</c>, <c>lost</c>, <c>running</c>, <c>claimed</c>, or <c>kept</c>, the
    /// server's time, then the number of evicted keys, or state, fingerprint, and response.
    /// </summary>
    public const string Claim =
        """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        if now > tonumber(ARGV[3]) then
          return {'late', now}
        end
        local known = redis.call('HMGET', KEYS[1], 'state', 'owner', 'print', 'answer')
        if known[1] == 'running' then
          if (tonumber(redis.call('HGET', KEYS[2], known[2] or '')) or 0) > now then
            return {'running', now}
          end
          redis.call('HSET', KEYS[1], 'state', 'unknown')
          return {'kept', now, 'unknown', '', ''}
        end
        if known[1] or known[2] or known[3] or known[4] then
          return {'kept', now, known[1] or '', known[3] or '', known[4] or ''}
        end
        if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
          return {'lost', now}
        end
        local function claim()
          local life = math.max(tonumber(ARGV[5]), 60000)
          redis.call('HSET', KEYS[1], 'state', 'running', 'owner', ARGV[1], 'nonce', ARGV[2])
          redis.call('PEXPIRE', KEYS[1], life)
          redis.call('HSET', KEYS[2], ARGV[1], now + ARGV[4])
          redis.call('PEXPIRE', KEYS[2], ARGV[4])
          redis.call('ZADD', KEYS[3], now + life, ARGV[9])
          redis.call('PEXPIRE', KEYS[3], life)
          redis.call('PEXPIRE', KEYS[4], life)
          local evicted = 0
          for _ = 1, 16 do
            local oldest = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
            local isOver = tonumber(oldest[2]) <= now
            if not isOver and redis.call('ZCARD', KEYS[3]) <= tonumber(ARGV[6])
              and tonumber(redis.call('HGET', KEYS[4], 'all') or 0) <= tonumber(ARGV[7]) then
              break
            end
            local state = redis.pcall('HGET', ARGV[8] .. oldest[1], 'state')
            if state == 'running' then
              redis.call('ZADD', KEYS[3], now + life, oldest[1])
            else
              redis.call('DEL', ARGV[8] .. oldest[1])
              redis.call('ZREM', KEYS[3], oldest[1])
              local size = redis.call('HGET', KEYS[4], oldest[1])
              if size then
                redis.call('HINCRBY', KEYS[4], 'all', -size)
                redis.call('HDEL', KEYS[4], oldest[1])
              end
              if state and not isOver then
                evicted = evicted + 1
              end
            end
          end
          return evicted
        end
        local isDone, result = pcall(claim)
        if not isDone then
          redis.call('DEL', KEYS[1])
          error(result, 0)
        end
        return {'claimed', now, result}
        """;

    /// <summary>
    /// Records an outcome. Keys: as for a claim. Arguments: nonce, state or <c>free</c>, fingerprint, response, time to keep the key,
    /// digest. Returns 1, or 0 if the claim is not the latest. A key that the server has lost is recorded again. The key is written first:
    /// a fault of order or sizes does not change its outcome.
    /// </summary>
    public const string Settle =
        """
        local nonce = redis.call('HGET', KEYS[1], 'nonce')
        if nonce and nonce ~= ARGV[1] then
          return 0
        end
        if ARGV[2] == 'free' then
          if nonce then
            redis.call('DEL', KEYS[1])
            redis.call('ZREM', KEYS[3], ARGV[6])
            local size = redis.call('HGET', KEYS[4], ARGV[6])
            if size then
              redis.call('HINCRBY', KEYS[4], 'all', -size)
              redis.call('HDEL', KEYS[4], ARGV[6])
            end
          end
          return 1
        end
        local clock = redis.call('TIME')
        redis.call('HSET', KEYS[1], 'state', ARGV[2], 'nonce', ARGV[1], 'print', ARGV[3], 'answer', ARGV[4])
        redis.call('PEXPIRE', KEYS[1], ARGV[5])
        redis.call('ZADD', KEYS[3], clock[1] * 1000 + math.floor(clock[2] / 1000) + ARGV[5], ARGV[6])
        local size = #ARGV[3] + #ARGV[4] + 256
        redis.call('HINCRBY', KEYS[4], 'all', size - (redis.call('HGET', KEYS[4], ARGV[6]) or 0))
        redis.call('HSET', KEYS[4], ARGV[6], size)
        for i = 3, 4 do
          if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[5]) then
            redis.call('PEXPIRE', KEYS[i], ARGV[5])
          end
        end
        return 1
        """;

    /// <summary>
    /// Renews a lease. Keys: owners. Arguments: owner, lease. Returns the server's time, and 1 if the lease was known. An owner that is new
    /// removes those without a lease.
    /// </summary>
    public const string Renew =
        """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        local isKnown = redis.call('HEXISTS', KEYS[1], ARGV[1])
        if isKnown == 0 then
          local owners = redis.call('HGETALL', KEYS[1])
          for i = 1, #owners, 2 do
            if (tonumber(owners[i + 1]) or 0) <= now then
              redis.call('HDEL', KEYS[1], owners[i])
            end
          end
        end
        redis.call('HSET', KEYS[1], ARGV[1], now + ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return {now, isKnown}
        """;

    /// <summary>
    /// Keeps a running request for longer, also if the server has lost it. Keys: the key. Arguments: owner, nonce, time to keep the key.
    /// </summary>
    public const string Hold =
        """
        local nonce = redis.call('HGET', KEYS[1], 'nonce')
        if not nonce then
          redis.call('HSET', KEYS[1], 'state', 'running', 'owner', ARGV[1], 'nonce', ARGV[2])
        elseif nonce ~= ARGV[2] then
          return 0
        end
        if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
          redis.call('PEXPIRE', KEYS[1], ARGV[3])
        end
        return 1
        """;

    /// <summary>Gives up a lease: requests that still run have an unknown outcome. Keys: owners. Arguments: owner.</summary>
    public const string Leave = "return redis.call('HDEL', KEYS[1], ARGV[1])";
}
