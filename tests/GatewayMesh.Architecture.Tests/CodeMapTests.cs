using System.Text.RegularExpressions;
using GatewayMesh.Registry.Bootstrap;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Documents name what is in the code: folders, gaps, kinds, options, keys, tests.</summary>
public sealed partial class CodeMapTests
{
    [Test]
    public void The_code_map_lists_exactly_the_existing_folders() =>
        Assert.That(Mapped(), Is.EquivalentTo(Repository.Folders().Select(folder => $"{folder.Project}/{folder.Folder}")));

    [Test]
    public void The_architecture_page_names_every_project() =>
        Assert.That(
            Repository.Projects()
                .Append("Shared")
                .Where(project => !Page("docs/architecture.md").Contains($"`{project}`", StringComparison.Ordinal)),
            Is.Empty);

    [Test]
    public void The_known_gaps_are_those_with_a_test()
    {
        var tests = TestName()
            .Matches(Page("tests/GatewayMesh.Proxy.Tests/Forwarding/KnownGapTests.cs"))
            .Select(match => match.Groups[1].Value.Replace('_', ' '));
        Assert.That(
            Row()
                .Matches(Section("docs/limitations.md", "## Known gaps"))
                .Select(match => match.Groups[1].Value)
                .Where(gap => gap is not "gap" and not "---"),
            Is.EquivalentTo(tests));
    }

    [Test]
    public void The_routes_page_documents_exactly_the_existing_kinds_of_entries()
    {
        var kinds = Repository.CodeFiles("src/GatewayMesh.Configuration")
            .SelectMany(file => Kind().Matches(File.ReadAllText(Path.Combine(Repository.Root, file))))
                .Select(match => match.Groups[1].Value)
                .ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(kinds, Is.Not.Empty);
            Assert.That(
                DocumentedKind().Matches(Section("docs/routes.md", "| kind | meaning |")).Select(match => match.Groups[1].Value),
                Is.EquivalentTo(kinds));
        }
    }

    [Test]
    public void The_configuration_page_documents_every_option_of_a_role()
    {
        var options = StartOption.All.Select(option => option.Name).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(options, Is.Not.Empty);
            Assert.That(
                options.Where(option => !Section("docs/configuration.md", "## Roles and flags").Contains(option, StringComparison.Ordinal)),
                Is.Empty);
        }
    }

    [Test]
    public void The_configuration_page_documents_every_bootstrap_key()
    {
        var page = Page("docs/configuration.md");
        var keys = Directory.EnumerateFiles(Path.Combine(Repository.Source, "GatewayMesh.Configuration", "Bootstrap"), "*Binder.cs")
            .SelectMany(file => BoundKey().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(keys, Has.Count.GreaterThan(70));
            Assert.That(keys.Where(key => !Regex.IsMatch(page, $@"(?<![A-Za-z]){key}(?![A-Za-z])")), Is.Empty);
        }
    }

    [Test]
    public void The_readme_stays_under_8_KB_and_its_links_exist()
    {
        var readme = Page("README.md");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(System.Text.Encoding.UTF8.GetByteCount(readme), Is.LessThanOrEqualTo(8 * 1024));
            Assert.That(
                Link()
                    .Matches(readme)
                    .Select(match => match.Groups[1].Value)
                    .Where(path => !File.Exists(Path.Combine(Repository.Root, path))),
                Is.Empty);
        }
    }

    [Test]
    public void Every_claim_of_the_threat_page_names_existing_tests()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "THREATS.md"));
        var tests = Repository.CodeFiles("tests")
            .SelectMany(file => TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, file))))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        var claims = Claim().Matches(page).Select(match => match.Groups[1].Value).Where(shown => shown != " shown by ").ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(claims, Has.Count.GreaterThan(15));
            Assert.That(claims.Where(shown => !NamedTest().IsMatch(shown)), Is.Empty, "claims that name no test");
            Assert.That(
                NamedTest().Matches(page).Select(match => match.Groups[1].Value).Where(name => !tests.Contains(name)),
                Is.Empty,
                "tests that do not exist");
        }
    }

    [Test]
    public void Every_fixed_fault_names_an_existing_test()
    {
        var tests = Repository.CodeFiles("tests")
            .SelectMany(file => TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, file))))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "found-and-fixed.md")).Where(
            line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| fault |", StringComparison.Ordinal))
            .Select(line => line.TrimEnd().TrimEnd('|').Split(" | ")[^1]).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Where(shown => !NamedTest().IsMatch(shown)), Is.Empty, "rows that name no test");
            Assert.That(
                rows.SelectMany(shown => NamedTest().Matches(shown))
                    .Select(match => match.Groups[1].Value)
                    .Where(name => !tests.Contains(name)),
                Is.Empty,
                "tests that do not exist");
        }
    }

    private static IEnumerable<string> Mapped() =>
        Folder().Matches(Section("docs/architecture.md", "## Code map")).Select(match => match.Groups[1].Value);

    // From a line to the next heading.
    private static string Section(string page, string line)
    {
        var text = Page(page);
        var start = text.IndexOf(line, StringComparison.Ordinal);
        Assert.That(start, Is.GreaterThanOrEqualTo(0), $"{page} has no line `{line}`");
        var end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return text[start..(end < 0 ? text.Length : end)];
    }

    private static string Page(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    // A key in quotation marks as the first argument of a reader's method.
    [GeneratedRegex(@"(?:Optional|OrNull|Required|List|Items|Map|Section|File|Folder)(?:<[^>(]+>)?\((?:reader, )?""([a-zA-Z0-9]+)""")]
    private static partial Regex BoundKey();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\| ?([^|]+?) ?\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"override string Kind => ""([a-z-]+)""")]
    private static partial Regex Kind();

    [GeneratedRegex(@"^\| `([a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedKind();

    [GeneratedRegex(@"^\| `((?:GatewayMesh[.A-Za-z]*|Shared)/[A-Za-z0-9]+)`", RegexOptions.Multiline)]
    private static partial Regex Folder();

    // The last cell of a two-column row.
    [GeneratedRegex(@"^\| [^|]+ \|([^|]+)\|$", RegexOptions.Multiline)]
    private static partial Regex Claim();

    [GeneratedRegex(@"`(\w+_\w+_\w+)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex TestName();
}
