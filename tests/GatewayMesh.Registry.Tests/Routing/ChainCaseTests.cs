using GatewayMesh.Registry.Validation;

namespace GatewayMesh.Registry.Tests.Routing;

/// <summary>The ways of <c>topology/cases</c> are those of the golden files. GOLDEN_CASES=FOLDER writes what there is instead.</summary>
internal sealed class ChainCaseTests
{
    [TestCaseSource(typeof(ChainCase), nameof(ChainCase.Names))]
    public void Entries_give_the_ways_that_are_written_or_are_refused_in_the_words_that_are(string name)
    {
        var entries = new ChainCase(name);
        var chains = entries.Compile(out var errors);
        if (Environment.GetEnvironmentVariable("GOLDEN_CASES") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, name, chains is null ? "expected.txt" : "expected.json"), chains is null ? errors : ChainCase.Text(chains));
        }

        Assert.That(File.Exists(entries.ExpectedChains), Is.EqualTo(chains is not null), errors);
        Assert.That(File.Exists(entries.ExpectedErrors), Is.EqualTo(chains is null), errors);
        Assert.That(chains is null ? errors : ChainCase.Text(chains), Is.EqualTo(File.ReadAllText(chains is null ? entries.ExpectedErrors : entries.ExpectedChains)));
    }

    [TestCaseSource(typeof(ChainCase), nameof(ChainCase.Names))]
    public void The_command_validate_says_the_same_errors(string name)
    {
        var entries = new ChainCase(name);
        var said = string.Concat(PathValidation.Of([entries.Entries]).Errors.Select(error => $"{error with { File = "entries.yaml" }}\n".Replace(entries.Entries, "entries.yaml", StringComparison.Ordinal)));
        Assert.That(said, Is.EqualTo(File.Exists(entries.ExpectedErrors) ? File.ReadAllText(entries.ExpectedErrors) : ""));
    }

    [Test]
    public void There_are_sixty_cases_and_more_that_consul_can_be_asked_about() => Assert.That(ChainCase.OfTheOracle.Count(), Is.GreaterThanOrEqualTo(60));
}
