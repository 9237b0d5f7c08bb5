using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.RateLimiting;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.RateLimiting;

public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _time = new();
    private TokenBucket _bucket = null!;

    [SetUp]
    public void Fill() => _bucket = new TokenBucket(UInt128.One);

    [Test]
    public void A_full_bucket_serves_its_burst_and_then_the_rate()
    {
        var terms = BucketTerms.Of(10, 20, _time);
        Assert.That(Take(terms, 25), Is.EqualTo(20));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Take(terms, 25), Is.EqualTo(10));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(Take(terms, 25), Is.EqualTo(20), "no more than the burst is saved");
    }

    [TestCase(3)]
    [TestCase(7)]
    [TestCase(999_983)]
    public void A_burst_is_served_to_its_last_token_at_any_rate(int rate) =>
        Assert.That(Take(BucketTerms.Of(rate, 100, _time), 200), Is.EqualTo(100));

    [Test]
    public void The_wait_of_a_refused_request_is_exact()
    {
        var terms = BucketTerms.Of(2, 2, _time);
        Take(terms, 2);
        Assert.That(_bucket.TryTake(2, terms, _time.GetTimestamp(), out var wait), Is.False);
        Assert.That(_time.GetElapsedTime(0, wait), Is.EqualTo(TimeSpan.FromSeconds(1)));
        _time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.That(_bucket.TryTake(2, terms, _time.GetTimestamp(), out _), Is.False);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(_bucket.TryTake(2, terms, _time.GetTimestamp(), out _), Is.True);
    }

    [Test]
    public void Returned_tokens_are_available_again()
    {
        var terms = BucketTerms.Of(1, 2, _time);
        Take(terms, 2);
        _bucket.Return(1, terms, _time.GetTimestamp());
        Assert.That(_bucket.Left(terms, _time.GetTimestamp()), Is.EqualTo(1));
        Assert.That(Take(terms, 2), Is.EqualTo(1));
    }

    [Test]
    public void A_bucket_that_was_emptied_under_a_slow_rate_refuses_no_longer_than_an_empty_one_once_the_rate_is_raised()
    {
        Assert.That(Take(BucketTerms.Of(10.0 / 86_400, 1, _time), 2), Is.EqualTo(1), "10/d");
        var raised = BucketTerms.Of(1000, 1, _time);

        Assert.That(_bucket.TryTake(1, raised, _time.GetTimestamp(), out var wait), Is.False);
        Assert.That(_time.GetElapsedTime(0, wait), Is.EqualTo(TimeSpan.FromMilliseconds(1)));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(Take(raised, 2), Is.EqualTo(1));
    }

    [Test]
    public void A_bucket_that_was_emptied_under_a_small_share_serves_soon_under_a_large_one()
    {
        var whole = BucketTerms.Of(1, 1, _time);
        Assert.That(Take(whole.Part(0.01), 2), Is.EqualTo(1));
        Assert.That(Take(whole, 1), Is.Zero);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Take(whole, 2), Is.EqualTo(1));
    }

    [Test]
    public void Under_a_share_a_request_that_costs_more_than_the_share_holds_counts_in_full()
    {
        var share = BucketTerms.Of(10, 10, _time).Part(0.1);
        Assert.That(_bucket.TryTake(5, share, _time.GetTimestamp(), out _), Is.True);

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.That(Take(share, 1), Is.Zero, "5 tokens take 5 s to arrive");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Take(share, 2), Is.EqualTo(1));
    }

    [Test]
    public void Tokens_that_are_returned_to_a_full_bucket_change_nothing()
    {
        var terms = BucketTerms.Of(1, 2, _time);
        _bucket.Return(1, terms, _time.GetTimestamp());
        Assert.That(Take(terms, 3), Is.EqualTo(2), "a new bucket");

        _time.Advance(TimeSpan.FromHours(1));
        _bucket.Return(1, terms, _time.GetTimestamp());
        Assert.That(Take(terms, 3), Is.EqualTo(2), "a bucket that has filled up");
    }

    [Test]
    public void At_the_slowest_rate_of_the_smallest_share_times_do_not_overflow()
    {
        var terms = BucketTerms.Of(1.0 / 86_400, 366, _time).Part(1e-9);
        Assert.That(Take(terms, 1000), Is.EqualTo(1));
        _time.Advance(TimeSpan.FromDays(366));
        Assert.That(Take(terms, 1000), Is.Zero);
    }

    [Test]
    public void In_any_order_a_bucket_admits_no_more_than_burst_and_rate_and_no_less_than_it_holds() =>
        Prop.ForAll<List<byte>>(steps =>
        {
            var time = new FakeTimeProvider();
            var bucket = new TokenBucket(UInt128.One);
            var terms = BucketTerms.Of(10, 5, time);
            var tokens = 5.0; // the textbook bucket
            foreach (var step in steps)
            {
                if (step % 3 == 0)
                {
                    var span = TimeSpan.FromMilliseconds(step);
                    time.Advance(span);
                    tokens = Math.Min(5, tokens + (span.TotalSeconds * 10));
                    continue;
                }

                var cost = 1 + (step % 5);
                var taken = bucket.TryTake(cost, terms, time.GetTimestamp(), out _);
                if (taken != (tokens >= cost) && Math.Abs(tokens - cost) > 0.001)
                {
                    return false;
                }

                tokens -= taken ? cost : 0;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Concurrent_threads_take_each_token_once()
    {
        var terms = BucketTerms.Of(0.001, 5000, _time);
        var taken = 0;
        Parallel.For(0, 8, _ => Interlocked.Add(ref taken, Take(terms, 1000)));
        Assert.That(taken, Is.EqualTo(5000));
    }

    private int Take(BucketTerms terms, int times) =>
        Enumerable.Range(0, times).Count(_ => _bucket.TryTake(1, terms, _time.GetTimestamp(), out var _));
}
