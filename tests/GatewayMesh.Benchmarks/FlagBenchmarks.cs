using System.Collections.Frozen;
using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Policies.Tier;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Benchmarks;

/// <summary>Cost of the step of feature flags: without flags, and with one flag by the kind of its filter.</summary>
[MemoryDiagnoser]
public class FlagBenchmarks : IDisposable
{
    private readonly MeshMetrics _metrics = new();
    private readonly List<DataPlane> _planes = [];
    private FlagStep _step = null!;
    private SampleRequest _none = null!;
    private SampleRequest _plain = null!;
    private SampleRequest _window = null!;
    private SampleRequest _share = null!;
    private SampleRequest _targeting = null!;

    /// <summary>Creates a data plane for each flag, and a request that has reached the step.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _step = new FlagStep(_metrics);
        _none = With(null);
        _plain = With([]);
        _window = With(
            [new FlagFilter { Kind = FlagFilterKind.TimeWindow, Window = new FlagTimeWindow { End = DateTimeOffset.MaxValue } }]);
        _share = With([new FlagFilter { Kind = FlagFilterKind.Percentage, Percentage = 50 }]);
        _targeting = With(
        [
            new FlagFilter
            {
                Kind = FlagFilterKind.Targeting,
                Audience = new FlagAudience
                {
                    Users = [.. Enumerable.Range(0, 10).Select(i => $"user-{i}")],
                    Groups = [new FlagGroup("beta", 50)],
                    DefaultRolloutPercentage = 50,
                },
            },
        ]);
    }

    /// <summary>A policy without flags.</summary>
    [Benchmark(Baseline = true)]
    public bool WithoutFlags() => Take(_none);

    /// <summary>A flag without filters.</summary>
    [Benchmark]
    public bool NoFilters() => Take(_plain);

    /// <summary>A flag with a time window.</summary>
    [Benchmark]
    public bool TimeWindow() => Take(_window);

    /// <summary>A flag for a share of the users.</summary>
    [Benchmark]
    public bool Percentage() => Take(_share);

    /// <summary>A flag for ten users, a group, and a share.</summary>
    [Benchmark]
    public bool Targeting() => Take(_targeting);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        foreach (var plane in _planes)
        {
            plane.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        _metrics.Dispose();
        GC.SuppressFinalize(this);
    }

    private bool Take(SampleRequest request)
    {
        request.Exchange.Route = new Route(request.Exchange.Mesh.Endpoints.Find("payments")!, TargetKind.MeshPeer);
        return _step.Take(request.Exchange).Continues;
    }

    private SampleRequest With(FlagFilter[]? filters)
    {
        var plane = new DataPlane(new DataPlaneOptions { Node = "host-a", RoleName = "sidecar" });
        _planes.Add(plane);
        var use = new FlagUse { Flag = "f", Tier = TierChoice.Sidecar };
        var mesh = SampleMesh.Snapshot(3, filters is null ? PolicyModel.Default : PolicyModel.Default with { Flags = [use] });
        plane.Apply(new MeshSnapshot
        {
            Revision = mesh.Revision,
            Services = mesh.Services,
            Intentions = mesh.Intentions,
            FeatureFlags = new[] { new FeatureFlagEntry { Name = "f", Enabled = true, Filters = [.. filters ?? []] } }
                .ToFrozenDictionary(flag => flag.Name, StringComparer.OrdinalIgnoreCase),
        });
        var request = new SampleRequest(plane, "payments");
        request.Begin();
        request.Exchange.Head.Fields.Set("x-user", "user-12345");
        request.Exchange.Head.Fields.Set("x-groups", "staff,beta");
        return request;
    }
}
