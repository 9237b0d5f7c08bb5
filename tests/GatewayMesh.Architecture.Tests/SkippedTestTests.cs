using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Every test runs everywhere: a missing tool fails a test with the fix, and no test is switched off.</summary>
public sealed partial class SkippedTestTests
{
    /// <summary>Files that may skip a test, each with its reason.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["tests/GatewayMesh.Registry.Tests/Consul/Watching/WriteToUseTests.cs"] = "a measurement for docs/performance.md, run by name",
    };

    [Test]
    public void No_test_is_skipped_or_switched_off() =>
        Assert.That(
            Skipping().Except(Allowed.Keys),
            Is.Empty,
            "make the test run everywhere, or let it fail with a message that names the fix");

    [Test]
    public void Every_exception_still_skips_a_test() => Assert.That(Allowed.Keys, Is.SubsetOf(Skipping()));

    private static string[] Skipping() =>
    [
        .. from file in Repository.CodeFiles("tests")
        where Skip().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, file)))
        select file,
    ];

    // NUnit's ways to skip a test: at run time, by attribute, and by a property of an attribute.
    [
        GeneratedRegex(
            @"\b(Assert|Assume)\.(Ignore|Inconclusive)\(|\bAssume\.That\(|\[(Ignore|Explicit)\b|\b(Ignore|IgnoreReason|Explicit)\s*=[^>=]")]
    private static partial Regex Skip();
}
