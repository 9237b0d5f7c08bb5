using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>A line fits a screen. Text in quotes that cannot be wrapped (JSON, URLs, test data) does not count.</summary>
public sealed partial class LineLengthTests
{
    private const int Longest = 140;

    [TestCase("src")]
    [TestCase("tests")]
    [TestCase("samples")]
    public void No_line_is_longer_than_140_characters(string folder) =>
        Assert.That(Repository.CodeFiles(folder).SelectMany(Long), Is.Empty);

    private static IEnumerable<string> Long(string file)
    {
        var inRawText = false;
        var number = 0;
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, file)))
        {
            number++;
            var wasInRawText = inRawText;
            inRawText ^= RawQuotes().Count(line) % 2 == 1;
            if (line.Length > Longest && !wasInRawText && Quoted().Replace(line, "").Length > Longest)
            {
                yield return $"{file}:{number}: {line.Length} characters";
            }
        }
    }

    [GeneratedRegex("\"{3,}")]
    private static partial Regex RawQuotes();

    [GeneratedRegex("\"\"\".*?\"\"\"|\"\"\".*$|@\"(?:\"\"|[^\"])*\"|\"(?:\\\\.|[^\"\\\\])*\"")]
    private static partial Regex Quoted();
}
