using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Tests move time with FakeTimeProvider. A clock of their own needs a reason.</summary>
public sealed partial class TestClockTests
{
    /// <summary>Clocks that are not a FakeTimeProvider, each with its reason.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["DelayWatch"] = "the test waits until one delay has begun, and all timers run by themselves",
        ["EndlessPatience"] = "one timeout never fires, and all other timers run by themselves",
        ["HastyTime"] = "one timeout is due as it begins, and all other timers run by themselves",
        ["HeldDelay"] = "the test fires one timer, and all others run by themselves",
        ["ShiftedTime"] = "the time of day moves, and timers run by themselves",
    };

    [Test]
    public void Every_other_test_clock_is_a_FakeTimeProvider() =>
        Assert.That(
            from file in Repository.CodeFiles("tests")
            from Match match in Clock().Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))
            select match.Groups[1].Value,
            Is.EquivalentTo(Allowed.Keys),
            "use Microsoft.Extensions.Time.Testing.FakeTimeProvider");

    [GeneratedRegex(@"\bclass (\w+)(?:\([^)]*\))?\s*:\s*TimeProvider\b")]
    private static partial Regex Clock();
}
