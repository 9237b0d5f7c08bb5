using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Attempts;

public sealed class AttemptCountTests
{
    private static readonly MeshError Refused = new(MeshErrorKind.ConnectionRefused);
    private static readonly MeshError Reset = new(MeshErrorKind.ConnectionReset, Forwarded: true);

    [Test]
    public void A_not_forwarded_request_is_retried_whatever_its_method() =>
        Assert.That(
            new AttemptCount(1, 3).MayTryAgain(new RetryFacts(Refused, Idempotent: false, BodyReplayable: true, ResponseStarted: false)),
            Is.EqualTo(RetryVerdict.Allowed));

    [TestCase(true, RetryVerdict.Allowed)]
    [TestCase(false, RetryVerdict.NotIdempotent)]
    public void A_forwarded_request_is_retried_only_if_idempotent(bool idempotent, RetryVerdict expected) =>
        Assert.That(new AttemptCount(1, 3).MayTryAgain(new RetryFacts(Reset, idempotent, true, false)), Is.EqualTo(expected));

    [Test]
    public void No_request_is_retried_after_its_response_has_started() =>
        Assert.That(
            new AttemptCount(1, 3).MayTryAgain(new RetryFacts(Refused, true, true, ResponseStarted: true)),
            Is.EqualTo(RetryVerdict.ResponseStarted));

    [Test]
    public void No_request_is_retried_if_part_of_its_body_is_gone() =>
        Assert.That(
            new AttemptCount(1, 3).MayTryAgain(new RetryFacts(Refused, true, BodyReplayable: false, false)),
            Is.EqualTo(RetryVerdict.BodyGone));

    [Test]
    public void A_layer_below_a_retry_retries_only_not_forwarded_requests()
    {
        Assert.That(
            new AttemptCount(2, 4).MayTryAgain(new RetryFacts(Reset, true, true, false)), Is.EqualTo(RetryVerdict.LayerAboveRetries));
        Assert.That(new AttemptCount(2, 4).MayTryAgain(new RetryFacts(Refused, true, true, false)), Is.EqualTo(RetryVerdict.Allowed));
    }

    [Test]
    public void An_error_that_every_instance_would_give_is_not_retried() =>
        Assert.That(
            new AttemptCount(1, 3).MayTryAgain(new RetryFacts(new MeshError(MeshErrorKind.LoopDetected), true, true, false)),
            Is.EqualTo(RetryVerdict.Pointless));

    [Test]
    public void The_final_error_is_not_forwarded_only_if_no_attempt_was()
    {
        var attempts = new AttemptCount(1, 3);
        var budget = new RetryBudget(new FakeTimeProvider());
        attempts.TryNext(new RetryFacts(Reset, true, true, false), Deadline.None, budget);
        attempts.TryNext(new RetryFacts(Refused, true, true, false), Deadline.None, budget);
        Assert.That(attempts.Settle(Refused).Forwarded, Is.True);
        Assert.That(new AttemptCount(1, 3).Settle(Refused).Forwarded, Is.False);
    }

    [Test]
    public void Deadline_and_budget_bound_retries()
    {
        var time = new FakeTimeProvider();
        var facts = new RetryFacts(Refused, true, true, false);
        var deadline = Deadline.Start(time, TimeSpan.FromSeconds(1), null);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(new AttemptCount(1, 3).TryNext(facts, deadline, new RetryBudget(time)), Is.EqualTo(RetryVerdict.DeadlineExceeded));
        Assert.That(
            new AttemptCount(1, 3).TryNext(facts, Deadline.None, new RetryBudget(time, 0, 0)), Is.EqualTo(RetryVerdict.BudgetSpent));
    }

    [Test]
    public void Three_failing_layers_make_far_fewer_than_27_attempts()
    {
        var budget = new RetryBudget(new FakeTimeProvider());
        Assert.That(Layer(3, 1, 3, budget, Reset), Is.LessThanOrEqualTo(9));
        Assert.That(Layer(1, 1, 3, budget, Reset), Is.EqualTo(3));
    }

    [Test]
    public void A_layer_never_makes_more_attempts_than_are_left() =>
        Prop.ForAll<int, int, bool>((arrived, max, forwarded) =>
        {
            var begun = Layer(
                1, Math.Abs(arrived % 10), Math.Abs(max % 10), new RetryBudget(new FakeTimeProvider()),
                Refused with { Forwarded = forwarded });
            return begun <= Math.Max(1, Math.Abs(max % 10) - Math.Max(1, Math.Abs(arrived % 10)) + 1);
        }).QuickCheckThrowOnFailure();

    private static int Layer(int depth, int arrived, int max, RetryBudget budget, MeshError error)
    {
        if (depth == 0)
        {
            return 1;
        }

        var attempts = new AttemptCount(arrived, max);
        var reached = 0;
        do
        {
            reached += Layer(depth - 1, attempts.Number, max, budget, error);
        }
        while (attempts.TryNext(new RetryFacts(error, true, true, false), Deadline.None, budget) == RetryVerdict.Allowed);
        return reached;
    }
}
