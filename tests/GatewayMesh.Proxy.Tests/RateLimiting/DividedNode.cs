using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.RateLimiting;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Tests.RateLimiting;

/// <summary>A node of a simulated mesh: its buckets and the demands that it reports.</summary>
internal sealed class DividedNode : IDisposable
{
    private readonly MeshMetrics _metrics = new();
    private readonly RateLimitRegistry _registry;
    private readonly RateDivision _division;
    private readonly TimeProvider _time;

    public DividedNode(RateLimitModel limit, TimeProvider time)
    {
        _time = time;
        _registry = new RateLimitRegistry(new RequestKey(new ClientAddresses(_ => false), 1), new BucketRoom(), null, time, _metrics);
        _division = new RateDivision(_registry, time);
        var service = new ServiceModel("payments", "http", PolicyModel.Default with { RateLimits = [limit] }, []);
        _registry.Apply(new MeshSnapshot
        {
            Revision = "r1",
            Services = new Dictionary<string, ServiceModel> { ["payments"] = service }.ToFrozenDictionary(),
        });
    }

    public ImmutableSortedDictionary<string, double> Report { get; private set; } = ImmutableSortedDictionary<string, double>.Empty;

    public RateLimit Limit => _registry.Current.Find("payments")!.Limits[0];

    public void Turn(IReadOnlyList<ImmutableSortedDictionary<string, double>> others, int room = NodeRates.MaxBytes) =>
        Report = _division.Turn(others.Count + 1, others, () => room);

    public bool Ask(UInt128 key)
    {
        var bucket = Limit.BucketOf(key, _time.GetTimestamp());
        bucket.Ask(1);
        return bucket.TryTake(1, Limit.TermsOf(bucket), _time.GetTimestamp(), out _);
    }

    public void Dispose() => _metrics.Dispose();
}
