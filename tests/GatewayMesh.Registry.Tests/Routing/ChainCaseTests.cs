using GatewayMesh.Registry.Validation;

namespace GatewayMesh.Registry.Tests.Routing;

/// <summary>The routes of <c>topology/cases</c> equal the golden files. GOLDEN_CASES=FOLDER writes the actual routes instead.</summary>
internal sealed class ChainCaseTests
{
    [TestCaseSource(typeof(ChainCase), nameof(ChainCase.Names))]
    public void Entries_give_the_expected_routes_or_errors(string name)
    {
        var entries = new ChainCase(name);
        var chains = entries.Compile(out var errors);
        if (Environment.GetEnvironmentVariable("GOLDEN_CASES") is { Length: > 0 } folder)
        {
            File.WriteAllText(
                Path.Combine(folder, name, chains is null ? "expected.txt" : "expected.json"),
                chains is null ? errors : ChainCase.Text(chains));
        }

        Assert.That(File.Exists(entries.ExpectedChains), Is.EqualTo(chains is not null), errors);
        Assert.That(File.Exists(entries.ExpectedErrors), Is.EqualTo(chains is null), errors);
        Assert.That(
            chains is null ? errors : ChainCase.Text(chains),
            Is.EqualTo(File.ReadAllText(chains is null ? entries.ExpectedErrors : entries.ExpectedChains)));
    }

    [TestCaseSource(typeof(ChainCase), nameof(ChainCase.Names))]
    public void The_command_validate_reports_the_same_errors(string name)
    {
        var entries = new ChainCase(name);
        var actual = string.Concat(PathValidation.Of([entries.Entries]).Errors.Select(error =>
            $"{error with { File = "entries.yaml" }}\n".Replace(entries.Entries, "entries.yaml", StringComparison.Ordinal)));
        Assert.That(actual, Is.EqualTo(File.Exists(entries.ExpectedErrors) ? File.ReadAllText(entries.ExpectedErrors) : ""));
    }

    [Test]
    public void At_least_sixty_cases_are_compared_with_Consul() => Assert.That(ChainCase.OfTheOracle.Count(), Is.GreaterThanOrEqualTo(60));
}
