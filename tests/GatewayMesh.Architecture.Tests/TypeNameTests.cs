using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>A name has one meaning: no two types share a name.</summary>
public sealed partial class TypeNameTests
{
    [Test]
    public void Every_type_name_is_declared_once() =>
        Assert.That(Repeated(Declared("src")), Is.Empty, "give each type a name of its own");

    [Test]
    public void Every_test_double_is_declared_once() =>
        Assert.That(
            Repeated(Declared("tests").Where(type => !type.Name.EndsWith("Tests", StringComparison.Ordinal))),
            Is.Empty,
            "move what several test projects use to GatewayMesh.Fixtures, and give different doubles different names");

    private static IEnumerable<(string Name, string File)> Declared(string folder) =>
        from file in Repository.CodeFiles(folder)
        from Match match in Declaration().Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))
        where !match.Value.Contains(" partial ", StringComparison.Ordinal)
        select (match.Groups["name"].Value, file);

    private static IEnumerable<string> Repeated(IEnumerable<(string Name, string File)> declared) =>
        from type in declared
        group type.File by type.Name into same
        where same.Count() > 1
        select $"{same.Key}: {string.Join(", ", same)}";

    // A generic type and its factory may share a name, as Task and Task<T> do: the name ends with its parameters.
    [
        GeneratedRegex(
            @"^[ ]*(?:(?:public|internal|private|protected|file|static|sealed|abstract|readonly|ref|unsafe|partial)\s+)+(?:record\s+struct|record|class|struct|enum|interface)\s+(?<name>\w+(?:<[^>]+>)?)",
            RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
