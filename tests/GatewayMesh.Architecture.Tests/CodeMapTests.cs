using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>The README's code map is the folders, no more and no less.</summary>
public sealed partial class CodeMapTests
{
    [Test]
    public void The_readmes_code_map_lists_exactly_the_rooms_that_exist() =>
        Assert.That(Mapped(), Is.EquivalentTo(Repository.Rooms().Select(room => $"{room.Project}/{room.Room}")));

    [Test]
    public void The_readme_names_every_project() =>
        Assert.That(
            Directory.EnumerateDirectories(Repository.Source).Select(Path.GetFileName).Where(project => !Readme().Contains($"`{project}`", StringComparison.Ordinal)),
            Is.Empty);

    private static IEnumerable<string> Mapped()
    {
        var readme = Readme();
        var start = readme.IndexOf("## Code map", StringComparison.Ordinal);
        Assert.That(start, Is.GreaterThanOrEqualTo(0), "README.md has no section `## Code map`");
        var end = readme.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return Room().Matches(readme[start..(end < 0 ? readme.Length : end)]).Select(match => match.Groups[1].Value);
    }

    private static string Readme() => File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [GeneratedRegex(@"^\| `(GatewayMesh[.A-Za-z]*/[A-Za-z]+)`", RegexOptions.Multiline)]
    private static partial Regex Room();
}
