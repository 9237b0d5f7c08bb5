using GatewayMesh.Bench.Loads;

namespace GatewayMesh.Bench.Tests;

/// <summary>Arguments of h2load, its summary, and its log.</summary>
public sealed class LoadTests
{
    private const string Output = """
        finished in 1.01s, 1008.00 req/s, 350.44KB/s
        requests: 1010 total, 1009 started, 1008 done, 1007 succeeded, 1 failed, 0 errored, 0 timeout
        status codes: 1007 2xx, 0 3xx, 1 4xx, 0 5xx
        traffic: 350.44KB (358848) total, 183.09KB (187488) headers (space savings 0.00%), 117.14KB (119952) data
        """;

    [Test]
    public void The_summary_of_h2load_is_read() =>
        Assert.That(LoadResult.Parse(Output), Is.EqualTo(new LoadResult(1008, 1007, 1.01, 119952)));

    [TestCase("840us", 0.00084)]
    [TestCase("12.50ms", 0.0125)]
    [TestCase("63.02s", 63.02)]
    public void The_duration_has_a_unit(string duration, double seconds) =>
        Assert.That(LoadResult.Parse(Output.Replace("1.01s", duration)).Seconds, Is.EqualTo(seconds).Within(1e-9));

    [Test]
    public void Output_without_a_summary_is_an_error_that_shows_the_output() =>
        Assert.That(() => LoadResult.Parse("connection refused"), Throws.InstanceOf<FormatException>().With.Message.Contains("refused"));

    [Test]
    public void A_load_without_a_rate_ends_after_its_duration() =>
        Assert.That(
            new Load("/", 64).Arguments(8080, 6, "log"),
            Is.EqualTo(["--h1", "-c", "64", "-D", "6", "--connect-to=127.0.0.1:8080", "http://payments/"]));

    [Test]
    public void A_rate_is_divided_over_connections_that_begin_one_after_the_other() =>
        Assert.That(
            new Load("/", 16) { Rate = 200 }.Arguments(8080, 6, "log"),
            Is.EqualTo(
            [
                "--h1", "-c", "16", "-n", "1200", "-r", "1", "--rate-period=5ms", "--rps=12.5",
                "--log-file=log", "--connect-to=127.0.0.1:8080", "http://payments/",
            ]));

    [Test]
    public void Streams_mean_Http2() =>
        Assert.That(new Load("/", 4) { Streams = 16 }.Arguments(8080, 6, "log"), Is.SupersetOf(["-m", "16"]).And.No.Member("--h1"));

    [TestCase(0.5, 2)]
    [TestCase(0.99, 4)]
    [TestCase(0.25, 1)]
    public void A_percentile_is_the_time_that_this_share_does_not_exceed(double share, double expected) =>
        Assert.That(new RequestTimes([3, 1, 4, 2]).Percentile(share), Is.EqualTo(expected));

    [Test]
    public void Times_come_from_the_third_column_of_the_log() =>
        Assert.That(RequestTimes.Parse(["1795972380290771\t200\t1094", "1795972380290800\t200\t1216"]).Percentile(1), Is.EqualTo(1216));

    [Test]
    public void Without_requests_a_percentile_is_zero() => Assert.That(new RequestTimes([]).Percentile(0.5), Is.Zero);
}
