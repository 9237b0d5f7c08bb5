using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>A name has one meaning: no two types of the source share one.</summary>
public sealed partial class TypeNameTests
{
    [Test]
    public void Every_type_name_is_declared_once()
    {
        var declared =
            from file in Repository.CodeFiles("src")
            from Match match in Declaration().Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))
            where !match.Value.Contains(" partial ", StringComparison.Ordinal)
            select (Name: match.Groups["name"].Value, File: file);

        Assert.That(
            from type in declared
            group type.File by type.Name into same
            where same.Count() > 1
            select $"{same.Key}: {string.Join(", ", same)}",
            Is.Empty,
            "give each type a name of its own");
    }

    // A generic type and its factory may share a name, as Task and Task<T> do: the name ends with its parameters.
    [
        GeneratedRegex(
            @"^[ ]*(?:(?:public|internal|private|protected|file|static|sealed|abstract|readonly|ref|unsafe|partial)\s+)+(?:record\s+struct|record|class|struct|enum|interface)\s+(?<name>\w+(?:<[^>]+>)?)",
            RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
