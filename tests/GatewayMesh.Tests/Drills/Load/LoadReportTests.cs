using GatewayMesh.Drills.Load;

namespace GatewayMesh.Tests.Drills.Load;

internal sealed class LoadReportTests
{
    private const long Fault = 1_000_000;

    [Test]
    public void Each_kind_of_failure_is_counted_separately()
    {
        var report = LoadReport.Of(
            [
                Ok(0),
                Ended(1, LoadOutcome.Refused),
                Ended(2, LoadOutcome.Lost),
                Ended(3, LoadOutcome.TimedOut),
                Ended(4, LoadOutcome.ServerError),
                Ended(5, LoadOutcome.ClientError)],
            [""],
            Fault);

        Assert.That(
            (report.Sent, report.Ok, report.Failed, report.Refused, report.Lost, report.TimedOut, report.ServerErrors, report.ClientErrors),
            Is.EqualTo((6, 1, 5, 1, 1, 1, 1, 1)));
    }

    [Test]
    public void Latency_counts_from_the_intended_send_time()
    {
        var report = LoadReport.Of([new Sample(1_000, 90_000, 101_000, LoadOutcome.Ok)], [""], Fault);

        Assert.That(report.Latency.Max, Is.EqualTo(100));
        Assert.That(report.Waited, Is.EqualTo(1));
    }

    [Test]
    public void The_first_success_belongs_to_a_request_that_was_sent_after_the_fault()
    {
        // The first request was in flight at the fault: its response proves nothing.
        var report = LoadReport.Of(
            [new Sample(999_000, 999_000, 1_001_000, LoadOutcome.Ok), new Sample(1_002_000, 1_002_000, 1_030_000, LoadOutcome.Ok)],
            [""],
            Fault);

        Assert.That(report.FirstSuccessMs, Is.EqualTo(30));
    }

    [Test]
    public void No_response_after_the_fault_means_no_first_success() =>
        Assert.That(LoadReport.Of([Ok(1)], [""], Fault).FirstSuccessMs, Is.Null);

    [Test]
    public void Longest_gap_reaches_the_end_when_responses_stop()
    {
        var report = LoadReport.Of([Ok(1_100_000), Ended(4_000_000, LoadOutcome.TimedOut)], [""], Fault);

        Assert.That(report.LongestGapMs, Is.EqualTo(2_900));
    }

    [Test]
    public void Fail_back_is_the_end_of_the_last_window_carried_by_gateways()
    {
        var samples = Enumerable.Range(0, 5_000).Select(i => Ok(i * 1_000L, throughGateway: i is >= 1_000 and < 3_000)).ToList();

        var report = LoadReport.Of(samples, [""], Fault);

        Assert.That(report.FailBackMs, Is.EqualTo(2_000));
        Assert.That(report.StillCarried, Is.False);
        Assert.That(report.ThroughGateway, Is.EqualTo(2_000));
    }

    [Test]
    public void Constant_gateway_share_does_not_count_as_carrying()
    {
        var samples = Enumerable.Range(0, 5_000).Select(i => Ok(i * 1_000L, throughGateway: i % 50 == 0)).ToList();

        Assert.That(LoadReport.Of(samples, [""], Fault).FailBackMs, Is.Null);
    }

    [Test]
    public void Load_that_ends_before_the_fail_back_is_marked()
    {
        var samples = Enumerable.Range(0, 5_000).Select(i => Ok(i * 1_000L, throughGateway: i >= 1_000)).ToList();

        Assert.That(LoadReport.Of(samples, [""], Fault).StillCarried, Is.True);
    }

    private static Sample Ok(long at, bool throughGateway = false) =>
        new(at, at, at, LoadOutcome.Ok) { ThroughGateway = throughGateway, Status = 200 };

    private static Sample Ended(long at, LoadOutcome outcome) => new(at, at, at, outcome);
}
