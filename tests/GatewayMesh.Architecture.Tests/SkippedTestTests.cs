using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Every test runs everywhere: a missing tool fails a test with the fix, and no test is switched off.</summary>
public sealed partial class SkippedTestTests
{
    [Test]
    public void No_test_is_skipped_or_switched_off() =>
        Assert.That(
            from file in Repository.CodeFiles("tests")
            where Skip().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, file)))
            select file,
            Is.Empty,
            "make the test run everywhere, or let it fail with a message that names the fix");

    // NUnit's ways to skip a test: at run time, by attribute, and by a property of an attribute.
    [
        GeneratedRegex(
            @"\b(Assert|Assume)\.(Ignore|Inconclusive)\(|\bAssume\.That\(|\[(Ignore|Explicit)\b|\b(Ignore|IgnoreReason|Explicit)\s*=[^>=]")]
    private static partial Regex Skip();
}
