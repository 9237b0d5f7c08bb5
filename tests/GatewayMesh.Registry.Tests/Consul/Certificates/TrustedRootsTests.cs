using GatewayMesh.Registry.Consul.Certificates;

namespace GatewayMesh.Registry.Tests.Consul.Certificates;

/// <summary>How long a root is trusted that Consul no longer names.</summary>
public sealed class TrustedRootsTests
{
    private static readonly ConsulRoot Old = new("old", "OLD", []), New = new("new", "NEW", ["CROSS"]);
    private static readonly ConsulRoots OldOnes = new("old.consul", [Old]), NewOnes = new("new.consul", [New]);

    private readonly ManualTime _time = new();

    [Test]
    public void A_root_that_vanished_is_trusted_for_sixty_seconds_more()
    {
        var roots = new TrustedRoots(_time);
        roots.Take(OldOnes);
        roots.Take(NewOnes);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TrustedRoots.Grace, Is.EqualTo(TimeSpan.FromSeconds(60)));
            Assert.That((roots.ToPem(), roots.LetGoIn), Is.EqualTo(("TrustDomain: new.consul\nNEW\nCROSS\nOLD\n", TimeSpan.FromSeconds(60))), "the active one first");
            _time.Advance(TimeSpan.FromSeconds(59));
            Assert.That((roots.ToPem(), roots.LetGoIn), Is.EqualTo(("TrustDomain: new.consul\nNEW\nCROSS\nOLD\n", TimeSpan.FromSeconds(1))));
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.That((roots.ToPem(), roots.LetGoIn), Is.EqualTo(("TrustDomain: new.consul\nNEW\nCROSS\n", (TimeSpan?)null)));
        }
    }

    [Test]
    public void The_same_answer_again_gives_it_no_more_time()
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
    public void A_root_that_comes_back_is_a_root_again()
    {
        var roots = new TrustedRoots(_time);
        roots.Take(OldOnes);
        roots.Take(NewOnes);
        roots.Take(new ConsulRoots("new.consul", [New, Old]));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(roots.ToPem(), Is.EqualTo("TrustDomain: new.consul\nNEW\nCROSS\nOLD\n"));
    }

    [Test]
    public void What_the_process_before_trusted_vanishes_at_the_first_answer_without_it()
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
