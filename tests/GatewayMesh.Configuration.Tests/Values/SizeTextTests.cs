using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Values;

internal sealed class SizeTextTests
{
    [TestCase("512", 512)]
    [TestCase("512B", 512)]
    [TestCase("64KiB", 65_536)]
    [TestCase("10MiB", 10_485_760)]
    [TestCase("8GiB", 8_589_934_592)]
    [TestCase("0", 0)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.That(SizeText.TryParse(text, out var value), Is.True);
        Assert.That(value, Is.EqualTo(bytes));
    }

    [TestCase("")]
    [TestCase("KiB")]
    [TestCase("64KB")]
    [TestCase("64kib")]
    [TestCase("-1B")]
    [TestCase("1.5MiB")]
    [TestCase("64 KiB")]
    [TestCase("9223372036854775807KiB")]
    [TestCase("99999999999999999999")]
    public void An_invalid_size_is_refused(string text) => Assert.That(SizeText.TryParse(text, out _), Is.False);

    [Test]
    public void A_written_value_is_read_back_unchanged() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>().Filter(bytes => bytes >= 0), bytes =>
            SizeText.TryParse(SizeText.Format(bytes), out var read) && read == bytes).QuickCheckThrowOnFailure();
}
