using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Rules for names and lengths of files.</summary>
public sealed partial class SourceFileTests
{
    private const int MaxLines = 400;

    /// <summary>Files that may be longer, each with its reason.</summary>
    private static readonly Dictionary<string, string> Longer = [];

    [Test]
    public void No_source_file_is_too_long() =>
        Assert.That(
            from file in Repository.CodeFiles("src")
            where !Longer.ContainsKey(file)
            let lines = File.ReadLines(Path.Combine(Repository.Root, file)).Count()
            where lines > MaxLines
            select $"{file}: {lines} lines, at most {MaxLines}",
            Is.Empty);

    [Test]
    public void Every_exception_to_the_length_is_still_needed() =>
        Assert.That(Longer.Keys.Where(file => File.ReadLines(Path.Combine(Repository.Root, file)).Count() <= MaxLines), Is.Empty);

    [TestCase("src")]
    [TestCase("tests")]
    public void No_file_is_named_manager_helper_utils_or_common(string folder) =>
        Assert.That(Repository.CodeFiles(folder).Where(file => EmptyWord().IsMatch(file)), Is.Empty);

    [Test]
    public void Topology_holds_meshes_as_files_and_no_program()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "topology"), "*", SearchOption.AllDirectories).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(files, Is.Not.Empty);
            Assert.That(files.Where(file => Path.GetExtension(file) is ".cs" or ".csproj"), Is.Empty);
        }
    }

    [Test]
    public void No_file_has_regions() =>
        Assert.That(
            Lines("src").Where(line => line.Text.TrimStart().StartsWith("#region", StringComparison.Ordinal)).Select(line => line.Where),
            Is.Empty);

    [Test]
    public void A_suppressed_warning_has_a_reason() =>
        Assert.That(
            Lines("src").Where(line => Suppression().IsMatch(line.Text) && !Reason().IsMatch(line.Text)).Select(line => line.Where),
            Is.Empty,
            "write `#pragma warning disable CODE // why`, or Justification = \"why\"");

    private static IEnumerable<(string Where, string Text)> Lines(string folder) =>
        Repository.CodeFiles(folder).SelectMany(file =>
            File.ReadLines(Path.Combine(Repository.Root, file)).Select((text, index) => ($"{file}:{index + 1}", text)));

    [GeneratedRegex(@"(Manager|Helpers?|Utils?|Utilities|Common|Misc)(?=[A-Z./]|$)")]
    private static partial Regex EmptyWord();

    [GeneratedRegex(@"#pragma warning disable|\[.*(UnconditionalSuppressMessage|SuppressMessage)\(")]
    private static partial Regex Suppression();

    [GeneratedRegex(@"disable \S+( |,\S)*\s*//\s*\S+ \S+|Justification = ""\S+ \S+|SuppressMessage\([^)]*$")]
    private static partial Regex Reason();
}
