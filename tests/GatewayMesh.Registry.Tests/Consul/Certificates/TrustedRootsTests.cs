using GatewayMesh.Registry.Consul.Certificates;

namespace GatewayMesh.Registry.Tests.Consul.Certificates;

/// <summary>How long a root is trusted that Consul no longer names.</summary>
public sealed class TrustedRootsTests
{
    private static readonly ConsulRoot Old = new("old", "OLD", []), New = new("new", "NEW", ["CROSS"]);

    private readonly ManualTime _time = new();

    [Test]
    public void A_root_that_vanished_is_trusted_for_sixty_seconds_more()
    {
        var roots = new TrustedRoots(_time);
        roots.Take([Old]);
        roots.Take([New]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TrustedRoots.Grace, Is.EqualTo(TimeSpan.FromSeconds(60)));
            Assert.That((roots.ToPem(), roots.LetGoIn), Is.EqualTo(("NEW\nCROSS\nOLD\n", TimeSpan.FromSeconds(60))), "the active one first");
            _time.Advance(TimeSpan.FromSeconds(59));
            Assert.That((roots.ToPem(), roots.LetGoIn), Is.EqualTo(("NEW\nCROSS\nOLD\n", TimeSpan.FromSeconds(1))));
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.That((roots.ToPem(), roots.LetGoIn), Is.EqualTo(("NEW\nCROSS\n", (TimeSpan?)null)));
        }
    }

    [Test]
    public void The_same_answer_again_gives_it_no_more_time()
    {
        var roots = new TrustedRoots(_time);
        roots.Take([Old]);
        roots.Take([New]);
        _time.Advance(TimeSpan.FromSeconds(40));
        roots.Take([New]);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.That(roots.ToPem(), Is.EqualTo("NEW\nCROSS\n"));
    }

    [Test]
    public void A_root_that_comes_back_is_a_root_again()
    {
        var roots = new TrustedRoots(_time);
        roots.Take([Old]);
        roots.Take([New]);
        roots.Take([New, Old]);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(roots.ToPem(), Is.EqualTo("NEW\nCROSS\nOLD\n"));
    }

    [Test]
    public void What_the_process_before_trusted_vanishes_at_the_first_answer_without_it()
    {
        var roots = new TrustedRoots(_time);
        roots.Recall([Old]);
        _time.Advance(TimeSpan.FromHours(1));
        roots.Take([New]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(roots.ToPem(), Is.EqualTo("NEW\nCROSS\nOLD\n"));
            _time.Advance(TimeSpan.FromSeconds(60));
            Assert.That(roots.ToPem(), Is.EqualTo("NEW\nCROSS\n"));
        }
    }
}
