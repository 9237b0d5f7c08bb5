using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Links between documents, and paths that documents name, exist.</summary>
public sealed partial class DocumentLinkTests
{
    private static readonly string[] Folders = ["docs", "ops", "samples", "topology"];

    [TestCaseSource(nameof(Documents))]
    public void Every_link_in_a_document_leads_to_an_existing_file_and_heading(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var broken = from Match link in Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
                     let target = link.Groups[1].Value
                     where !target.Contains("://", StringComparison.Ordinal)
                     let parts = target.Split('#')
                     let file = parts[0].Length == 0 ? Path.Combine(Repository.Root, document) : Path.Combine(folder, parts[0])
                     where !(File.Exists(file) || Directory.Exists(file)) || (parts.Length > 1 && !Headings(file).Contains(parts[1]))
                     select target;
        Assert.That(broken, Is.Empty);
    }

    [TestCase("CONTRIBUTING.md")]
    [TestCase("README.md")]
    [TestCase("SECURITY.md")]
    [TestCase("topology/README.md")]
    [TestCase("docs/life-of-a-request.md")]
    public void Every_path_in_a_document_exists(string document) =>
        Assert.That(
            Named()
                .Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
                .Select(match => match.Groups[1].Value.TrimEnd('.', '/'))
                .Where(
                    path => !path.Contains("SECTION", StringComparison.Ordinal)
                        && !path.Contains("/bin/", StringComparison.Ordinal)
                        && !Exists(path)),
            Is.Empty);

    private static bool Exists(string path) =>
        File.Exists(Path.Combine(Repository.Root, path)) || Directory.Exists(Path.Combine(Repository.Root, path))
        || Directory.Exists(Path.Combine(Repository.Source, path)) || File.Exists(Path.Combine(Repository.Source, path));

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(
                Folders.SelectMany(
                    folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)))
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal);

    // Anchors as GitHub generates them: lower case, no punctuation, hyphens for blanks.
    private static IEnumerable<string> Headings(string file) =>
        Heading()
            .Matches(File.ReadAllText(file))
            .Select(match => Punctuation().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#{1,4} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"(?<![\w/.])((?:src|tests|topology|samples|docs|ops|GatewayMesh[.A-Za-z]*)/[A-Za-z0-9_./-]+)")]
    private static partial Regex Named();
}
