using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>A summary starts with a noun phrase or a verb, so that a reader learns at once what kind of thing the member is.</summary>
public sealed partial class SummaryTests
{
    [TestCase("src")]
    [TestCase("tests")]
    [TestCase("samples")]
    public void No_summary_starts_with_a_question_word(string folder) =>
        Assert.That(
            Repository.CodeFiles(folder).SelectMany(Questions),
            Is.Empty,
            "start with a noun phrase or a verb; a Boolean's summary starts with \"True if\"");

    [TestCase("/// <summary>What the program printed.</summary>", true)]
    [TestCase("/// <summary>\n    /// How often\n", true)]
    [TestCase("/// <summary>Output of the program.</summary>", false)]
    [TestCase("/// <summary>Whatever the peer sent.</summary>", false)]
    public void A_question_word_is_found_on_the_line_of_the_tag_and_on_the_next(string text, bool isFound) =>
        Assert.That(Question().IsMatch(text), Is.EqualTo(isFound));

    private static IEnumerable<string> Questions(string file) =>
        Question().Matches(File.ReadAllText(Path.Combine(Repository.Root, file))).Select(match => $"{file}: {match.Groups[1].Value}");

    [GeneratedRegex(@"^[ \t]*/// <summary>(?:\s*///)?\s*((?:What|Who|Whose|Whom|How|Whether|Why)\b[^\n]*)", RegexOptions.Multiline)]
    private static partial Regex Question();
}
