using GatewayMesh.Registry.Consul.Certificates;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Consul.Certificates;

/// <summary>The grace period of roots that Consul no longer has.</summary>
public sealed class TrustedRootsTests
{
    private static readonly ConsulRoot Old = new("old", "OLD", []), New = new("new", "NEW", ["CROSS"]);
    private static readonly ConsulRoots OldOnes = new("old.consul", [Old]), NewOnes = new("new.consul", [New]);

    private readonly FakeTimeProvider _time = new();

    [Test]
    public void A_removed_root_is_trusted_for_sixty_more_seconds()
    {
        var roots = new TrustedRoots(_time);
        roots.Take(OldOnes);
        roots.Take(NewOnes);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TrustedRoots.Grace, Is.EqualTo(TimeSpan.FromSeconds(60)));
            Assert.That((roots.ToPem(), roots.NextExpiry),
                Is.EqualTo(("TrustDomain: new.consul\nNEW\nCROSS\nOLD\n", TimeSpan.FromSeconds(60))), "the active root comes first");
            _time.Advance(TimeSpan.FromSeconds(59));
            Assert.That((roots.ToPem(), roots.NextExpiry),
                Is.EqualTo(("TrustDomain: new.consul\nNEW\nCROSS\nOLD\n", TimeSpan.FromSeconds(1))));
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.That((roots.ToPem(), roots.NextExpiry), Is.EqualTo(("TrustDomain: new.consul\nNEW\nCROSS\n", (TimeSpan?)null)));
        }
    }

    [Test]
    public void A_repeated_answer_does_not_extend_the_time_of_a_removed_root()
    {
        var roots = new TrustedRoots(_time);
        roots.Take(OldOnes);
        roots.Take(NewOnes);
        _time.Advance(TimeSpan.FromSeconds(40));
        roots.Take(NewOnes);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.That(roots.ToPem(), Is.EqualTo("TrustDomain: new.consul\nNEW\nCROSS\n"));
    }

    [Test]
    public void A_root_that_returns_is_trusted_again()
    {
        var roots = new TrustedRoots(_time);
        roots.Take(OldOnes);
        roots.Take(NewOnes);
        roots.Take(new ConsulRoots("new.consul", [New, Old]));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(roots.ToPem(), Is.EqualTo("TrustDomain: new.consul\nNEW\nCROSS\nOLD\n"));
    }

    [Test]
    public void Roots_of_the_previous_process_count_as_removed_at_the_first_answer_without_them()
    {
        var roots = new TrustedRoots(_time);
        roots.Recall(OldOnes);
        _time.Advance(TimeSpan.FromHours(1));
        roots.Take(NewOnes);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(roots.ToPem(), Is.EqualTo("TrustDomain: new.consul\nNEW\nCROSS\nOLD\n"));
            _time.Advance(TimeSpan.FromSeconds(60));
            Assert.That(roots.ToPem(), Is.EqualTo("TrustDomain: new.consul\nNEW\nCROSS\n"));
        }
    }
}
