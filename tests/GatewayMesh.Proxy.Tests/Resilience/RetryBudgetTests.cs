using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Time;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Resilience;

public sealed class RetryBudgetTests
{
    [Test]
    public void Without_requests_there_are_ten_retries_a_second()
    {
        var budget = new RetryBudget(new FakeTimeProvider());
        Assert.That(Enumerable.Range(0, 500).Count(_ => budget.TryTake()), Is.EqualTo(100));
    }

    [Test]
    public void With_many_requests_there_is_one_retry_per_five()
    {
        var budget = new RetryBudget(new FakeTimeProvider());
        Requests(budget, 10_000);
        Assert.That(Enumerable.Range(0, 5000).Count(_ => budget.TryTake()), Is.EqualTo(2000));
    }

    [Test]
    public void Counts_older_than_ten_seconds_expire()
    {
        var time = new FakeTimeProvider();
        var budget = new RetryBudget(time);
        Requests(budget, 10_000);
        while (budget.TryTake())
        {
        }

        time.Advance(TimeSpan.FromSeconds(9));
        Assert.That(budget.TryTake(), Is.False);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Enumerable.Range(0, 5000).Count(_ => budget.TryTake()), Is.EqualTo(100));
    }

    [Test]
    public void Concurrent_threads_never_overspend_the_budget()
    {
        var budget = new RetryBudget(new FakeTimeProvider());
        Requests(budget, 1000);
        var taken = 0;
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                if (budget.TryTake())
                {
                    Interlocked.Increment(ref taken);
                }
            }
        });
        Assert.That(taken, Is.EqualTo(200));
    }

    [Test]
    public void Concurrent_threads_lose_no_count()
    {
        var counter = new SecondCounter(10);
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Count(7);
            }
        });
        Assert.That(counter.Sum(7), Is.EqualTo(40_000));
    }

    [Test]
    public void The_budget_holds_in_any_order_of_requests_retries_and_time() =>
        Prop.ForAll<List<byte>>(steps =>
        {
            var time = new FakeTimeProvider();
            var budget = new RetryBudget(time);
            var requests = new List<long>();
            var retries = new List<long>();
            foreach (var step in steps)
            {
                var second = time.GetTimestamp() / TimeSpan.TicksPerSecond;
                switch (step % 4)
                {
                    case 0:
                        time.Advance(TimeSpan.FromMilliseconds(step * 20));
                        break;
                    case 1:
                        Requests(budget, step * 4);
                        requests.AddRange(Enumerable.Repeat(second, step * 4));
                        break;
                    default:
                        for (var i = 0; i < step; i++)
                        {
                            var limit = Math.Max(100, (long)(requests.Count(at => at > second - 10) * 0.2));
                            var mayTake = retries.Count(at => at > second - 10) < limit;
                            if (budget.TryTake() != mayTake)
                            {
                                return false;
                            }

                            if (mayTake)
                            {
                                retries.Add(second);
                            }
                        }

                        break;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    private static void Requests(RetryBudget budget, int count)
    {
        for (var i = 0; i < count; i++)
        {
            budget.CountRequest();
        }
    }
}
