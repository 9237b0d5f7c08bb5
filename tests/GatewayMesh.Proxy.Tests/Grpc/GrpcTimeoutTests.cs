using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.Grpc;

namespace GatewayMesh.Proxy.Tests.Grpc;

public class GrpcTimeoutTests
{
    [TestCase("1H", 3_600_000)]
    [TestCase("2M", 120_000)]
    [TestCase("3S", 3_000)]
    [TestCase("400m", 400)]
    [TestCase("5000u", 5)]
    [TestCase("6000000n", 6)]
    [TestCase("0m", 0)]
    [TestCase("86400000m", 86_400_000)]
    public void Every_unit_is_parsed(string field, double milliseconds)
    {
        Assert.That(GrpcTimeout.TryRead(field, out var timeout));
        Assert.That(timeout.TotalMilliseconds, Is.EqualTo(milliseconds));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("m")]
    [TestCase("1")]
    [TestCase("1x")]
    [TestCase("-1S")]
    [TestCase("+1S")]
    [TestCase(" 1S")]
    [TestCase("1.5S")]
    [TestCase("123456789m", Description = "nine digits")]
    [TestCase("99999999H", Description = "more than a day counts as none")]
    [TestCase("25H")]
    [TestCase("1S, 2S")]
    public void A_malformed_timeout_sets_no_deadline(string? field) => Assert.That(GrpcTimeout.TryRead(field, out _), Is.False);

    [FsCheck.NUnit.Property]
    public Property A_written_timeout_is_read_back_without_growth_and_with_little_loss() => Prop.ForAll(
        Gen.Choose(0, 86_400_000).ToArbitrary(),
        milliseconds =>
        {
            var left = TimeSpan.FromMilliseconds(milliseconds);
            return GrpcTimeout.TryRead(GrpcTimeout.Write(left), out var read)
                && read > TimeSpan.Zero
                && (read - left).Duration() < TimeSpan.FromMilliseconds(1);
        });
}
