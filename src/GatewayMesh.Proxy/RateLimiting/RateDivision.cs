using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies.RateLimiting;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// Divides the rate limits with <c>scope: mesh</c> over the nodes, once a second: reads the demands of the other nodes, sets the shares of
/// this node's buckets, and returns this node's own demands for its record in the registry. A node grows into its demand one turn after it
/// reported it, when the others have had time to make room; it makes room itself as soon as it reads theirs.
/// </summary>
internal sealed class RateDivision(RateLimitRegistry registry, TimeProvider time)
{
    private const double Weight = 0.8; // of the latest second in a falling demand

    private long _turnAt;
    private bool _hasTurned;

    /// <summary>Takes a turn.</summary>
    /// <param name="nodes">Live nodes, this one included.</param>
    /// <param name="peers">Demands that the other live nodes report.</param>
    /// <param name="room">Returns the bytes that this node's record has left for its demands.</param>
    /// <returns>Demands of this node by <see cref="NodeRates.IdOf"/>, the largest first.</returns>
    public ImmutableSortedDictionary<string, double> Turn(
        int nodes, IEnumerable<ImmutableSortedDictionary<string, double>> peers, Func<int> room)
    {
        var limits = registry.Current.Services
            .SelectMany(service => service.Limits, (service, limit) => (service.Service, Limit: limit))
            .Where(one => one.Limit.Model.Scope == RateLimitScope.Mesh)
            .ToList();
        var now = time.GetTimestamp();
        var seconds = _hasTurned ? time.GetElapsedTime(_turnAt, now).TotalSeconds : 1;
        if (limits.Count == 0 || seconds <= 0)
        {
            return ImmutableSortedDictionary<string, double>.Empty;
        }

        (_turnAt, _hasTurned) = (now, true);
        var heard = Read(peers);
        var largest = new PriorityQueue<Asked, double>(); // only these are formatted: a flood has many keys
        foreach (var (service, limit) in limits)
        {
            var name = NodeRates.NameOf(service, limit.Model.Name);
            var demands = heard.GetValueOrDefault(name);
            limit.Peers = new PeerDemands(Math.Max(1, nodes), demands is null
                ? FrozenDictionary<ulong, double[]>.Empty
                : demands.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray()));
            var rate = limit.Model.PerSecond;
            foreach (var bucket in limit.Buckets)
            {
                bucket.Share = limit.Peers.ShareOf(rate, bucket.Key, bucket.Reported);
                var demand = bucket.TakeDemand(seconds, Weight);
                bucket.Reported = 0;
                if (demand > Division.FloorOf(rate, limit.Peers.Nodes) / 2)
                {
                    Keep(largest, new Asked(name, demand, bucket), demand / rate);
                }
            }
        }

        if (largest.Count == 0)
        {
            return ImmutableSortedDictionary<string, double>.Empty;
        }

        var asked = largest.UnorderedItems.OrderByDescending(one => one.Priority)
            .Select(one => one.Element)
            .Select(one => (Id: NodeRates.IdOf(one.Limit, one.Bucket.Key), Demand: Rounded(one.Demand), one.Bucket))
            .ToList();
        var reported = NodeRates.Bounded(asked.Select(one => (one.Id, one.Demand)), room());
        foreach (var (id, demand, bucket) in asked)
        {
            bucket.Reported = reported.ContainsKey(id) ? demand : 0;
        }

        return reported;
    }

    private static void Keep(PriorityQueue<Asked, double> largest, in Asked asked, double part)
    {
        if (largest.Count < NodeRates.Max)
        {
            largest.Enqueue(asked, part);
        }
        else
        {
            _ = largest.EnqueueDequeue(asked, part);
        }
    }

    private static Dictionary<string, Dictionary<ulong, List<double>>> Read(IEnumerable<ImmutableSortedDictionary<string, double>> peers)
    {
        var heard = new Dictionary<string, Dictionary<ulong, List<double>>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (id, demand) in peers.SelectMany(rates => rates))
        {
            if (!NodeRates.TryRead(id, out var name, out var key) || !(demand > 0) || !double.IsFinite(demand))
            {
                continue;
            }

            var keys = heard.TryGetValue(name, out var known) ? known : heard[name] = [];
            (keys.TryGetValue(key, out var demands) ? demands : keys[key] = []).Add(demand);
        }

        return heard;
    }

    // Two digits, so that noise writes no record.
    private static double Rounded(double demand) =>
        double.Parse(demand.ToString("0.#e+0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private readonly record struct Asked(string Limit, double Demand, TokenBucket Bucket);
}
