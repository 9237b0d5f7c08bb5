using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Tests.Matching;

internal sealed class RegexTextTests
{
    [TestCase("/v[0-9]+/.*", "/v1/charges", true)]
    [TestCase("/v1", "/v1/x", false)]
    [TestCase("/v1", "x/v1", false)]
    [TestCase("a|b", "b", true)]
    [TestCase("a|b", "ab", false)]
    [TestCase(@"\d+", "12", true)]
    [TestCase(@"\d+", "\u0661", false)]
    [TestCase(@"[\d\s-]+", "1 2-3", true)]
    [TestCase(@"\D\W\S", "a-b", true)]
    [TestCase(@"\w+", "aB_9", true)]
    [TestCase(@"\w", "ä", false)]
    [TestCase("(?i)abc", "ABC", true)]
    [TestCase("(?i:a)b", "Ab", true)]
    [TestCase("(?i:a)b", "AB", false)]
    [TestCase("(?P<version>v1|v2)/x", "v2/x", true)]
    [TestCase("(?<version>v1)", "v1", true)]
    [TestCase("x$", "x", true)]
    [TestCase("x$", "x\n", false)]
    [TestCase("^x", "x", true)]
    [TestCase("a{2,3}", "aaa", true)]
    [TestCase("a{2,3}", "aaaa", false)]
    [TestCase("a{,3}", "a{,3}", true)]
    [TestCase("[]a]+", "]a", true)]
    [TestCase("[a-z-[aeiou]]", "e]", true)]
    [TestCase("[a-c[]+", "a[c", true)]
    [TestCase("[^/]+", "abc", true)]
    [TestCase(@"\.\/\-", "./-", true)]
    [TestCase(@"\x41", "A", true)]
    [TestCase(".*?", "anything", true)]
    [TestCase(@"a\_b", "a_b", true)]
    [TestCase(@"a # b", "a # b", true)]
    public void An_expression_matches_the_whole_text_as_in_RE2(string pattern, string text, bool matches)
    {
        Assert.That(RegexText.TryCompile(pattern, ignoreCase: false, out var regex, out var error), Is.True, error);
        Assert.That(regex!.IsMatch(text), Is.EqualTo(matches));
    }

    [TestCase("")]
    [TestCase("(")]
    [TestCase(")")]
    [TestCase("a)|(b")]
    [TestCase("[a")]
    [TestCase("*")]
    [TestCase(@"a\")]
    [TestCase(@"(a)\1", Description = "back reference")]
    [TestCase("(?=a)b", Description = "look-ahead")]
    [TestCase("(?<!a)b", Description = "look-behind")]
    [TestCase("(?x) a # b", Description = "a comment could swallow what stands behind")]
    [TestCase("(?U)a", Description = ".NET has no such flag")]
    [TestCase("(?>a)b", Description = "atomic")]
    [TestCase("[[:alpha:]]", Description = ".NET reads it as another class")]
    [TestCase(@"\Qa.b\E", Description = "RE2 quotes, .NET refuses")]
    [TestCase(@"\pL", Description = "RE2 has it, .NET spells it otherwise")]
    [TestCase(@"[\D]", Description = "negated within a class")]
    [TestCase(@"\G", Description = ".NET alone")]
    [TestCase("a{1001}", Description = "RE2's bound")]
    [TestCase("a{3,2}")]
    [TestCase("((a{100}){100}){100}", Description = "grows to a million")]
    public void Syntax_that_RE2_lacks_or_reads_differently_is_refused(string pattern)
    {
        Assert.That(RegexText.TryCompile(pattern, ignoreCase: false, out _, out var error), Is.False);
        Assert.That(error, Is.Not.Empty);
    }

    [Test]
    public void The_length_of_an_expression_is_bounded() =>
        Assert.That(RegexText.TryCompile(new string('a', RegexText.Longest + 1), ignoreCase: false, out _, out _), Is.False);

    [Test]
    public void An_expression_that_makes_backtracking_engines_explode_takes_linear_time()
    {
        Assert.That(RegexText.TryCompile("(a+)+b", ignoreCase: false, out var regex, out _));
        Assert.That(regex!.IsMatch(new string('a', 100_000)), Is.False, "a backtracking matcher would not come back");
    }
}
