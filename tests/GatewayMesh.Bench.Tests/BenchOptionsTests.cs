using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Tests;

/// <summary>Options of the command line.</summary>
public sealed class BenchOptionsTests
{
    private static readonly string[] Names = ["cpu", "rates"];

    [Test]
    public void Without_options_there_are_five_rounds_of_six_seconds() =>
        Assert.That(BenchOptions.Parse([], Names), Has.Property("Rounds").EqualTo(5).And.Property("Seconds").EqualTo(6).And.Property("Only").Empty);

    [Test]
    public void Quick_is_one_round_of_two_seconds() =>
        Assert.That(BenchOptions.Parse(["--quick"], Names), Has.Property("Rounds").EqualTo(1).And.Property("Seconds").EqualTo(2));

    [Test]
    public void Figures_are_chosen_by_name() => Assert.That(BenchOptions.Parse(["--only", "rates, cpu"], Names).Only, Is.EqualTo(["rates", "cpu"]));

    [TestCase("--only", "speed", "cpu, rates")]
    [TestCase("--rounds", "0", "1 to 1000")]
    [TestCase("--seconds", "two", "1 to 1000")]
    [TestCase("--fast", "1", "unknown option --fast")]
    public void A_bad_option_is_named_with_what_is_allowed(string option, string value, string message) =>
        Assert.That(() => BenchOptions.Parse([option, value], Names), Throws.InstanceOf<BenchException>().With.Message.Contains(message));

    [Test]
    public void An_option_without_its_value_is_named() =>
        Assert.That(() => BenchOptions.Parse(["--json"], Names), Throws.InstanceOf<BenchException>().With.Message.Contains("--json needs a value"));
}
