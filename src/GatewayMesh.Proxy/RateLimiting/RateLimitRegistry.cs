using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Stores;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// Keeps the buckets of rate limits across reloads: a limit of the same service with the same name, parts, and scope keeps them.
/// </summary>
internal sealed class RateLimitRegistry(
    RequestKey keys, BucketRoom room, RedisStore? store, TimeProvider time, MeshMetrics metrics)
{
    private readonly Lock _applying = new();
    private RateLimitTable _current = RateLimitTable.Empty;

    /// <summary>Table of the last applied snapshot.</summary>
    public RateLimitTable Current => Volatile.Read(ref _current);

    /// <summary>Buckets of the process.</summary>
    public BucketRoom Room => room;

    /// <summary>Builds the table of <paramref name="snapshot"/>.</summary>
    public RateLimitTable Apply(MeshSnapshot snapshot)
    {
        lock (_applying)
        {
            var before = _current;
            var table = new RateLimitTable(
                snapshot.Services.Values.Where(service => !service.Policy.RateLimits.IsEmpty).ToFrozenDictionary(
                    service => service.Name,
                    service => Of(service.Name, service.Policy.RateLimits, before),
                    StringComparer.OrdinalIgnoreCase),
                Add);
            foreach (var name in before.Unregistered.Select(limits => limits.Service).Where(name => !snapshot.Services.ContainsKey(name)))
            {
                if (snapshot.PolicyOf(name).RateLimits is { IsEmpty: false } models)
                {
                    table.Add(Of(name, models, before));
                }
            }

            var kept = table.Services.SelectMany(service => service.Limits).ToHashSet();
            foreach (var gone in before.Services.SelectMany(service => service.Limits).Where(limit => !kept.Contains(limit)))
            {
                gone.Dispose();
            }

            Volatile.Write(ref _current, table);
            return table;
        }
    }

    private ServiceRateLimits Add(string service, ImmutableArray<RateLimitModel> models)
    {
        lock (_applying)
        {
            if (_current.Find(service) is { } known)
            {
                return known;
            }

            var limits = Of(service, models, _current);
            _current.Add(limits);
            return limits;
        }
    }

    private ServiceRateLimits Of(string service, ImmutableArray<RateLimitModel> models, RateLimitTable before)
    {
        var known = before.Find(service);
        return new ServiceRateLimits(service, [.. models.Select(model => Of(model, known))], keys, store, time, metrics);
    }

    private RateLimit Of(RateLimitModel model, ServiceRateLimits? before)
    {
        if (before?.Limits.FirstOrDefault(limit => limit.Model.HasBucketsOf(model)) is not { } limit)
        {
            return new RateLimit(model, room, time);
        }

        limit.Declare(model);
        return limit;
    }
}
