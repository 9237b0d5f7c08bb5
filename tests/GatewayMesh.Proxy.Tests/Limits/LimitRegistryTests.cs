using System.Collections.Frozen;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Limits;

public sealed class LimitRegistryTests
{
    private static readonly PolicyModel Policy = PolicyModel.Default with
    {
        Limits = new()
        {
            MaxConcurrentRequests = 2,
            MaxConnections = 2,
            MaxConcurrentRetries = 1,
            Breaker = new() { Enabled = true, MinimumRequests = 2 },
        },
        AdaptiveConcurrency = new() { Enabled = true },
    };

    private readonly FakeTimeProvider _time = new();
    private MeshMetrics _metrics = null!;
    private LimitRegistry _registry = null!;

    [SetUp]
    public void SetUp()
    {
        _metrics = new MeshMetrics();
        _registry = new LimitRegistry(_time, new SplitMix(1), new Refusals(_metrics));
    }

    [TearDown]
    public void TearDown()
    {
        _registry.Dispose();
        _metrics.Dispose();
    }

    [Test]
    public void An_unrelated_reload_resets_nothing()
    {
        var before = Apply(("web", Policy));
        var breaker = before.Breaker;
        var work = before.Work();
        Open(before);
        before.TryEnterCall(Criticality.Default);

        var after = Apply(("web", Policy with { Timeouts = new() { Request = TimeSpan.FromSeconds(1) } }), ("api", Policy));

        Assert.That(after, Is.SameAs(before));
        Assert.That((after.Breaker, after.Work(), after.Calls), Is.EqualTo((breaker, work, 1)));
        Assert.That(after.Breaker!.Phase, Is.EqualTo(BreakerPhase.Open));
    }

    [Test]
    public void A_new_limit_applies_at_once_and_counts_running_requests()
    {
        var limits = Apply(("web", Policy));
        Assert.That(Enter(limits), Is.EqualTo(LimitVerdict.Admitted));
        Assert.That(Enter(limits), Is.EqualTo(LimitVerdict.Admitted));
        Assert.That(Enter(limits), Is.EqualTo(LimitVerdict.Full));

        Apply(("web", Policy with { Limits = Policy.Limits with { MaxConcurrentRequests = 3 } }));

        Assert.That(Enter(limits), Is.EqualTo(LimitVerdict.Admitted));
        Assert.That(Enter(limits), Is.EqualTo(LimitVerdict.Full));
        Assert.That(limits.Calls, Is.EqualTo(3));
    }

    [Test]
    public void A_changed_breaker_starts_closed_and_a_removed_one_is_gone()
    {
        var limits = Apply(("web", Policy));
        Open(limits);
        Apply(
            (
                "web",
                Policy with
                {
                    Limits = Policy.Limits with { Breaker = Policy.Limits.Breaker with { OpenFor = TimeSpan.FromSeconds(1) } },
                }));
        Assert.That(limits.Breaker!.Phase, Is.EqualTo(BreakerPhase.Closed));
        Apply(("web", Policy with { Limits = new() }));
        Assert.That(limits.Breaker, Is.Null);
    }

    [Test]
    public void An_adaptive_limit_starts_only_if_enabled_and_after_a_first_request()
    {
        var limits = Apply(("web", Policy));
        Assert.That(limits.Found, Is.Null);
        Assert.That(limits.Work(), Is.Not.Null);
        Apply(("web", PolicyModel.Default));
        Assert.That((limits.Found, limits.Work()), Is.EqualTo(((object?)null, (object?)null)));
    }

    [Test]
    public void A_request_takes_one_retry_permit_for_all_its_retries()
    {
        var limits = Apply(("web", Policy));
        var one = LimitLease.Call(limits);
        var two = LimitLease.Call(limits);
        Enter(limits);
        Enter(limits);

        Assert.That((one.TryBeginRetry(), one.TryBeginRetry(), two.TryBeginRetry()), Is.EqualTo((true, true, false)));
        Assert.That(limits.Retries, Is.EqualTo(1));
        one.End(0, null);
        Assert.That(two.TryBeginRetry(), Is.True);
        two.End(0, null);
        Assert.That((limits.Calls, limits.Retries), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Without_maxConcurrentRetries_only_the_budget_bounds_retries()
    {
        var limits = Apply(("web", PolicyModel.Default));
        Assert.That(Enumerable.Range(0, 100).All(_ => limits.TryBeginRetry()), Is.True);
    }

    private ServiceLimits Apply(params (string Name, PolicyModel Policy)[] services) => _registry.Apply(new MeshSnapshot
    {
        Revision = "r",
        Services = services.ToFrozenDictionary(
            service => service.Name, service => new ServiceModel(service.Name, "http", service.Policy, [])),
    }).Find("web")!;

    private static LimitVerdict Enter(ServiceLimits limits) => limits.TryEnterCall(Criticality.Default);

    private static void Open(ServiceLimits limits)
    {
        for (var i = 0; i < 2; i++)
        {
            limits.Breaker!.TryEnter(out var pass);
            pass.End(failed: true);
        }
    }
}
