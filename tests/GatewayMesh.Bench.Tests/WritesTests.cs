using GatewayMesh.Bench.Writes;

namespace GatewayMesh.Bench.Tests;

/// <summary>Options and report of the times from a write to its use. A test of the registry measures a few rounds.</summary>
public sealed class WritesTests
{
    [Test]
    public void Without_options_each_kind_is_written_101_times() => Assert.That(WritesOptions.Parse([]).Rounds, Is.EqualTo(101));

    [Test]
    public void The_number_of_rounds_is_an_option() => Assert.That(WritesOptions.Parse(["--rounds", "7"]).Rounds, Is.EqualTo(7));

    [TestCase("--rounds needs a value", "--rounds")]
    [TestCase("1 to 10000, not 'many'", "--rounds", "many")]
    [TestCase("1 to 10000, not '0'", "--rounds", "0")]
    [TestCase("unknown option --seconds", "--seconds", "3")]
    [TestCase("unknown option --seconds", "--rounds", "3", "--seconds", "3")]
    public void A_bad_option_is_named_with_what_is_allowed(string message, params string[] arguments) =>
        Assert.That(() => WritesOptions.Parse(arguments), Throws.InstanceOf<BenchException>().With.Message.Contains(message));

    [Test]
    public void A_line_has_median_p90_and_the_longest_time() => Assert.That(
        WritesCommand.Line("instance registered", [7, 3, 1, 9, 2, 4, 5, 6, 8, 10.06]),
        Is.EqualTo("instance registered: median 5.0 ms, p90 9.0 ms, longest 10.1 ms of 10"));
}
