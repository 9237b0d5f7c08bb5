using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Values;

internal sealed class DurationTextTests
{
    [TestCase("250ms", 250)]
    [TestCase("2s", 2_000)]
    [TestCase("1m", 60_000)]
    [TestCase("10m", 600_000)]
    [TestCase("1h", 3_600_000)]
    [TestCase("1m30s", 90_000)]
    [TestCase("1h1m1s1ms", 3_661_001)]
    [TestCase("0s", 0)]
    [TestCase("10000h", 36_000_000_000)]
    public void Durations_are_read(string text, long milliseconds)
    {
        Assert.That(DurationText.TryParse(text, out var value), Is.True);
        Assert.That(value, Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [TestCase("")]
    [TestCase("2")]
    [TestCase("s")]
    [TestCase("-1s")]
    [TestCase("1.5s")]
    [TestCase("1 s")]
    [TestCase("1S")]
    [TestCase("1d")]
    [TestCase("1s1m")]
    [TestCase("1s1s")]
    [TestCase("10001h")]
    [TestCase("99999999999999999999s")]
    [TestCase("9223372036854775807h")]
    [TestCase("٣s")]
    public void An_invalid_duration_is_refused(string text) => Assert.That(DurationText.TryParse(text, out _), Is.False);

    [Test]
    public void A_written_value_is_read_back_unchanged() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), milliseconds =>
        {
            var value = TimeSpan.FromMilliseconds(milliseconds);
            return DurationText.TryParse(DurationText.Format(value), out var read) && read == value;
        }).QuickCheckThrowOnFailure();
}
