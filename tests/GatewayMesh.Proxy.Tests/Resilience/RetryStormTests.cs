using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Resilience;

/// <summary>Load on a failing service, and protection of requests that must not run twice.</summary>
public sealed class RetryStormTests
{
    private static readonly MeshError Lost = new(MeshErrorKind.ConnectionReset, Forwarded: true);

    [TestCase(0.2, 10, 1.2)]
    [TestCase(0.05, 10, 1.05)]
    [TestCase(1, 1000, 1.2, TestName = "The_process_bounds_what_a_service_allows_itself")]
    public void A_service_that_fails_every_request_gets_little_more_load_than_without_retries(double ratio, int minPerSecond, double most)
    {
        var (requests, load) = Storm(new BudgetModel { Ratio = ratio, MinPerSecond = minPerSecond }, out var worst);

        // In the first seconds the window has few requests, so the minimum of ten per second applies.
        Assert.That((double)load / requests, Is.LessThanOrEqualTo(most));
        Assert.That(load, Is.GreaterThan(requests), "some are retried");
        Assert.That(worst, Is.LessThanOrEqualTo(most), "nor in any ten seconds");
    }

    [Test]
    public void Services_have_their_own_budgets_that_outlive_a_reload_and_accept_new_terms()
    {
        var budgets = new RetryBudgets(new FakeTimeProvider());
        var strict = new BudgetModel { Ratio = 0, MinPerSecond = 1 };
        Assert.That(Enumerable.Range(0, 50).Count(_ => budgets.Of("web", strict).TryTake()), Is.EqualTo(10));
        Assert.That(budgets.Of("api", strict).TryTake(), Is.True);
        Assert.That(budgets.Of("web", strict with { MinPerSecond = 2 }).View, Is.EqualTo(new RetryBudgetView(0, 2, 0, 10, 20)));
        Assert.That(budgets.Of("web", strict with { MinPerSecond = 2 }).View.Left, Is.EqualTo(10));
        budgets.Keep(service => service == "api");
        Assert.That(budgets.Find("web"), Is.Null);
    }

    [Test]
    public void A_non_idempotent_request_is_never_forwarded_twice() =>
        Prop.ForAll<List<int>, int>((outcomes, max) =>
        {
            var budget = new RetryBudget(new FakeTimeProvider());
            var attempts = new AttemptCount(1, 1 + Math.Abs(max % 10));
            var executed = 0;
            foreach (var outcome in outcomes)
            {
                var facts = FactsOf(outcome);
                executed += facts.Forwarded ? 1 : 0;
                if (attempts.TryNext(facts, Deadline.None, budget) != RetryVerdict.Allowed)
                {
                    break;
                }
            }

            return executed <= 1;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void The_wait_is_uniform_below_a_bound_that_doubles_up_to_the_maximum()
    {
        var random = new SplitMix(7);
        var backoff = new BackoffModel { Base = TimeSpan.FromMilliseconds(25), Max = TimeSpan.FromMilliseconds(250) };
        foreach (var (retry, bound) in new[] { (1, 25.0), (2, 50.0), (3, 100.0), (4, 200.0), (5, 250.0), (99, 250.0) })
        {
            var waits = Enumerable.Range(0, 10_000).Select(_ => Backoff.Before(retry, backoff, random).TotalMilliseconds).ToArray();

            // The mean of 10,000 uniform samples deviates by more than 6 σ = 6 · bound / √(12 · 10,000) less than once in 10⁸.
            Assert.That(waits.Average(), Is.EqualTo(bound / 2).Within(6 * bound / Math.Sqrt(120_000)));
            Assert.That(waits.Max(), Is.LessThan(bound).And.GreaterThan(0.98 * bound));
            Assert.That(waits.Min(), Is.LessThan(0.02 * bound));
        }
    }

    private static (int Requests, int Load) Storm(BudgetModel terms, out double worst)
    {
        const int PerSecond = 1000;
        const int Seconds = 30;
        var time = new FakeTimeProvider();
        var budgets = new RetryBudgets(time);
        var loads = new List<int>();
        for (var second = 0; second < Seconds; second++)
        {
            var load = 0;
            for (var i = 0; i < PerSecond; i++)
            {
                var service = budgets.Of("payments", terms);
                service.CountRequest();
                budgets.Process.CountRequest();
                var attempts = new AttemptCount(1, 3);
                do
                {
                    load++;
                }
                while (
                    attempts.TryNext(
                        new RetryFacts(Lost, Idempotent: true, BodyReplayable: true, ResponseStarted: false),
                        Deadline.None,
                        budgets.Process,
                        service) == RetryVerdict.Allowed);
            }

            loads.Add(load);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        worst = Enumerable.Range(0, Seconds - 9).Max(first => loads.Skip(first).Take(10).Sum() / (10.0 * PerSecond));
        return (Seconds * PerSecond, loads.Sum());
    }

    // Not idempotent, with any outcome: an error of any kind, forwarded or not, or a response that the policy names.
    private static RetryFacts FactsOf(int outcome)
    {
        var kinds = Enum.GetValues<MeshErrorKind>();
        var kind = kinds[1 + (Math.Abs(outcome % 1000) % (kinds.Length - 1))];
        return (outcome % 3) switch
        {
            0 => new RetryFacts(MeshError.None, Idempotent: false, BodyReplayable: true, ResponseStarted: false) { IsAnswer = true },
            1
                or -1 => new RetryFacts(
                    new MeshError(kind, Forwarded: true), Idempotent: false, BodyReplayable: true, ResponseStarted: false),
            _ => new RetryFacts(new MeshError(kind, Forwarded: false), Idempotent: false, BodyReplayable: true, ResponseStarted: false),
        };
    }
}
