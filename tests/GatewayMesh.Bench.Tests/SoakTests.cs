using System.Diagnostics;
using GatewayMesh.Bench.Soak;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Bench.Tests;

/// <summary>Options of the soak, and its clients against its application without a proxy between them.</summary>
public sealed class SoakTests
{
    [Test]
    public void Without_options_a_thousand_connections_send_twenty_requests_a_second_for_ten_minutes() =>
        Assert.That(SoakOptions.Parse([]), Is.EqualTo(new SoakOptions { Minutes = 10, Connections = 1000, Rate = 20, Idle = null }));

    [Test]
    public void Options_are_numbers() => Assert.That(
        SoakOptions.Parse(["--minutes", "2", "--connections", "30", "--rate", "4", "--idle", "20000"]),
        Is.EqualTo(new SoakOptions { Minutes = 2, Connections = 30, Rate = 4, Idle = 20_000 }));

    [TestCase("--minutes", "0", "1 to 10000")]
    [TestCase("--rate", "fast", "1 to 1000")]
    [TestCase("--speed", "1", "unknown option --speed")]
    public void A_bad_option_is_named_with_what_is_allowed(string option, string value, string message) =>
        Assert.That(() => SoakOptions.Parse([option, value]), Throws.InstanceOf<BenchException>().With.Message.Contains(message));

    [Test]
    public void An_option_without_its_value_is_named() =>
        Assert.That(() => SoakOptions.Parse(["--idle"]), Throws.InstanceOf<BenchException>().With.Message.Contains("--idle needs a value"));

    [Test]
    public void Every_request_is_counted_as_answered_once()
    {
        var port = FreePorts.Next();
        using var application = new SoakApplication(port);
        using var clients = new SoakClients(20, port);

        clients.Run(50, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1), CancellationToken.None);
        clients.Finish(TimeSpan.FromSeconds(10));

        Assert.That((clients.Answered, clients.Lost, clients.Outstanding), Is.EqualTo((clients.Sent, 0, 0)));
        Assert.That(clients.Sent + clients.Skipped, Is.GreaterThan(900).And.LessThanOrEqualTo(1000));
    }

    [Test]
    public void A_request_without_an_answer_is_lost_with_the_reason()
    {
        var port = FreePorts.Next();
        var application = new SoakApplication(port);
        using var clients = new SoakClients(1, port);
        clients.SendOnce(CancellationToken.None);
        clients.Finish(TimeSpan.FromSeconds(10));
        application.Dispose();

        clients.SendOnce(CancellationToken.None);
        clients.Finish(TimeSpan.FromSeconds(10));
        clients.SendOnce(CancellationToken.None);

        Assert.That((clients.Answered, clients.Lost, clients.Outstanding), Is.EqualTo((1, 2, 0)));
        Assert.That(clients.FirstLoss, Is.Not.Empty);
    }

    [Test]
    public void Times_know_their_percentiles()
    {
        var times = new Times();
        for (var i = 1; i <= 100; i++)
        {
            times.Add(i * Stopwatch.Frequency / 1000);
        }

        Assert.That((times.Of(0.5), times.Of(0.99), times.Of(1)), Is.EqualTo((50.0, 99.0, 100.0)));
    }
}
