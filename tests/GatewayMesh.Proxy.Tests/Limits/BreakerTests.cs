using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Limits;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Limits;

public sealed class BreakerTests
{
    private static readonly BreakerModel Model = new()
    {
        Enabled = true,
        FailureRatio = 0.5,
        MinimumRequests = 10,
        Window = TimeSpan.FromSeconds(10),
        OpenFor = TimeSpan.FromSeconds(5),
    };

    private readonly FakeTimeProvider _time = new();

    [Test]
    public void A_breaker_never_opens_below_minimumRequests()
    {
        var breaker = new Breaker(Model, _time);
        Attempts(breaker, failed: 9);
        Assert.That(breaker.Phase, Is.EqualTo(BreakerPhase.Closed));
        Attempts(breaker, failed: 1);
        Assert.That(breaker.Phase, Is.EqualTo(BreakerPhase.Open));
    }

    [TestCase(51, 49, BreakerPhase.Closed)]
    [TestCase(50, 50, BreakerPhase.Open)]
    public void A_breaker_opens_at_the_failureRatio(int good, int failed, BreakerPhase phase)
    {
        var breaker = new Breaker(Model, _time);
        Attempts(breaker, good: good);
        Attempts(breaker, failed: failed);
        Assert.That(breaker.Phase, Is.EqualTo(phase));
    }

    [Test]
    public void Attempts_older_than_the_window_do_not_count()
    {
        var breaker = new Breaker(Model, _time);
        Attempts(breaker, failed: 9);
        _time.Advance(Model.Window);
        Attempts(breaker, failed: 9);
        Assert.That(breaker.Phase, Is.EqualTo(BreakerPhase.Closed));
        Assert.That(breaker.Counts, Is.EqualTo((9, 9)));
    }

    [Test]
    public void An_open_breaker_passes_nothing_for_openFor_and_then_a_single_request()
    {
        var breaker = Opened();
        _time.Advance(Model.OpenFor - TimeSpan.FromMilliseconds(1));
        Assert.That(breaker.TryEnter(out _), Is.False);
        Assert.That(breaker.OpenFor, Is.EqualTo(TimeSpan.FromMilliseconds(1)));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(breaker.TryEnter(out _), Is.True);
        Assert.That(breaker.Phase, Is.EqualTo(BreakerPhase.HalfOpen));
        Assert.That(breaker.TryEnter(out _), Is.False);
    }

    [Test]
    public void A_successful_trial_closes_the_breaker_and_resets_its_counts()
    {
        var breaker = Opened();
        Trial(breaker).End(failed: false);
        Assert.That(breaker.Phase, Is.EqualTo(BreakerPhase.Closed));
        Assert.That(breaker.Counts, Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_failed_trial_opens_the_breaker_for_the_same_time_again()
    {
        var breaker = Opened();
        Trial(breaker).End(failed: true);
        Assert.That(breaker.Phase, Is.EqualTo(BreakerPhase.Open));
        Assert.That(breaker.OpenFor, Is.EqualTo(Model.OpenFor));
    }

    [Test]
    public void An_inconclusive_trial_leaves_the_trial_to_the_next_request()
    {
        var breaker = Opened();
        Trial(breaker).End(failed: null);
        Assert.That(breaker.TryEnter(out _), Is.True);
    }

    [Test]
    public void Attempts_that_began_before_the_breaker_opened_do_not_count_afterwards()
    {
        var breaker = new Breaker(Model, _time);
        Assert.That(breaker.TryEnter(out var early), Is.True);
        Attempts(breaker, failed: 10);
        early.End(failed: false);
        Assert.That(breaker.Phase, Is.EqualTo(BreakerPhase.Open));
        Trial(breaker).End(failed: false);
        early.End(failed: true);
        Assert.That(breaker.Counts, Is.EqualTo((0, 0)));
    }

    [TestCase(502, GrpcStatus.None, BreakerFailures.GatewayError, true)]
    [TestCase(500, GrpcStatus.None, BreakerFailures.GatewayError, false)]
    [TestCase(500, GrpcStatus.None, BreakerFailures.ServerError, true)]
    [TestCase(499, GrpcStatus.None, BreakerFailures.ServerError, false)]
    [TestCase(200, 14, BreakerFailures.GatewayError, true)]
    [TestCase(200, 13, BreakerFailures.GatewayError, false)]
    [TestCase(200, 13, BreakerFailures.ServerError, true)]
    [TestCase(200, 5, BreakerFailures.ServerError, false)]
    public void The_failures_setting_selects_the_responses_that_count(int status, int call, BreakerFailures failures, bool isFailure) =>
        Assert.That(BreakerEvidence.IsFailure(status, call, failures), Is.EqualTo(isFailure));

    [Test]
    public void Interleaved_attempts_pass_one_trial_at_a_time_and_open_the_breaker_only_by_the_rule() =>
        Prop.ForAll<List<byte>>(steps =>
        {
            var time = new FakeTimeProvider();
            var breaker = new Breaker(Model, time);
            var open = new List<(BreakerPass Pass, BreakerPhase Began)>();
            foreach (var step in steps)
            {
                var before = breaker.Phase;
                switch (step % 5)
                {
                    case 0:
                        time.Advance(TimeSpan.FromMilliseconds(step * 30));
                        break;
                    case 1 or 2:
                        var due = before == BreakerPhase.Open && breaker.OpenFor == TimeSpan.Zero;
                        if (breaker.TryEnter(out var pass) != (before == BreakerPhase.Closed || due))
                        {
                            return false;
                        }

                        if (pass.IsSet)
                        {
                            open.Add((pass, breaker.Phase));
                        }

                        break;
                    default:
                        if (open.Count > 0)
                        {
                            var (ending, began) = open[step % open.Count];
                            open.RemoveAt(step % open.Count);
                            ending.End(step % 3 == 0 ? null : step % 3 == 1);
                            if (before == BreakerPhase.Closed && breaker.Phase != before && (began != BreakerPhase.Closed || step % 3 != 1))
                            {
                                return false;
                            }
                        }

                        break;
                }

                if (open.Count(one => one.Began == BreakerPhase.HalfOpen) > 1 && breaker.Phase == BreakerPhase.HalfOpen)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Concurrent_threads_get_one_trial()
    {
        var breaker = Opened();
        _time.Advance(Model.OpenFor);
        var passed = 0;
        Parallel.For(0, 8, _ =>
        {
            if (breaker.TryEnter(out var _))
            {
                Interlocked.Increment(ref passed);
            }
        });
        Assert.That(passed, Is.EqualTo(1));
    }

    private Breaker Opened()
    {
        var breaker = new Breaker(Model, _time);
        Attempts(breaker, failed: 10);
        return breaker;
    }

    private BreakerPass Trial(Breaker breaker)
    {
        _time.Advance(Model.OpenFor);
        Assert.That(breaker.TryEnter(out var pass), Is.True);
        return pass;
    }

    private static void Attempts(Breaker breaker, int good = 0, int failed = 0)
    {
        for (var i = 0; i < good + failed; i++)
        {
            Assert.That(breaker.TryEnter(out var pass), Is.True);
            pass.End(failed: i >= good);
        }
    }
}
