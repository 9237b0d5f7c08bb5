using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Tests.Intentions;

namespace GatewayMesh.Configuration.Tests.Paths;

/// <summary>Rules about paths: decoded text is compared with decoded text.</summary>
internal sealed class PathRuleTests
{
    [TestCase("/my%20files/admin", "/my%20files/admin")]
    [TestCase("/my%20files/admin", "/my%20files/admin/x")]
    [TestCase("/my%20files/admin", "/my%20files%2fadmin")]
    [TestCase("/my%20files/admin", "/my%2520files/admin")]
    [TestCase("/my%20files/admin", "/my%20files//admin")]
    [TestCase("/my%20files/admin", "/x%2f../my%20files/admin")]
    [TestCase("/my files/admin", "/my%20files/admin")]
    [TestCase("/my files/admin", "/my%20files%5cadmin")]
    [TestCase("/geheim/ä", "/geheim/%C3%A4")]
    [TestCase("/geheim/ä", "/geheim/%c3%A4")]
    [TestCase("/geheim/ä", "/%67eheim/%25c3%25a4")]
    [TestCase("/geheim/ä", "/geheim%2f%C3%A4/x")]
    [TestCase("/geheim/%C3%A4", "/geheim/%c3%a4")]
    [TestCase("/geheim/😀", "/geheim/%F0%9f%98%80")]
    [TestCase("/a%2fb", "/a%2Fb")]
    [TestCase("/a%2fb", "/a%252fb")]
    [TestCase("/a:b", "/a%3ab")]
    [TestCase("/a%3ab", "/a:b")]
    [TestCase("/admin", "/admin;x=1/users")]
    [TestCase("/admin", "/admin%00.png")]
    [TestCase("/admin/", "/admin./x")]
    [TestCase("/admin/", "/admin%20/x")]
    [TestCase("/admin/", "/admin;x/users")]
    [TestCase("/admin/", "/public/..;/admin/x")]
    [TestCase("/admin/", "/public/x%5cy%2f..%2f../admin/x")]
    [TestCase("/admin/", "/%c0%afadmin/x")]
    [TestCase("/admin/", "/%u0061dmin/x")]
    [TestCase("/admin/", @"/admin\")]
    [TestCase("/admin/", "/admin;v=1x%3f%2F")]
    [TestCase("/admin/", "/admin;v%2f")]
    [TestCase("/admin/", "/%61dmin%3b#/a")]
    [TestCase("/admin/", "/admin..;%00//x")]
    [TestCase("/admin#x", "/admin#x")]
    public void No_spelling_evades_a_denied_prefix(string rule, string path) => Assert.That(Denies(PathTest.Prefix, rule, path), Is.True);

    [TestCase("/my%20files", "/my%20files")]
    [TestCase("/my%20files", "/my%2520files")]
    [TestCase("/geheim/ä", "/geheim/%C3%A4")]
    [TestCase("/admin", "/%61dmin")]
    [TestCase("/admin", "/admin;x")]
    [TestCase("/admin", "/admin%00")]
    [TestCase("/admin", "/admin%20")]
    [TestCase("/admin", "/admin%3fx")]
    [TestCase("/admin", "/admin#x")]
    [TestCase("/admin", "/.//admin")]
    public void No_spelling_evades_a_denied_path(string rule, string path) => Assert.That(Denies(PathTest.Exact, rule, path), Is.True);

    [TestCase("/admin.*", "/admin%0a")]
    [TestCase("/admin.*", "/admin%0a/x")]
    [TestCase("/admin/[^/]*", "/admin/%0a")]
    [TestCase("(?-s:/admin.*)", "/admin%0a")]
    [TestCase("/geheim/.", "/geheim/%C3%A4", Description = "one character, as decoded")]
    [TestCase("/geheim/.", "/geheim/%F0%9F%98%80")]
    [TestCase("/geheim/[^a]", "/geheim/%F0%9F%98%80")]
    [TestCase("/geheim/ä.*", "/geheim/%c3%a4x")]
    [TestCase("/my%20files/.*", "/my%20files/x")]
    [TestCase("/my%20files/.*", "/my%2520files%2fx")]
    [TestCase(@"/my\x20files/.*", "/my%20files/x")]
    [TestCase("/a%2Fb", "/a%2fb")]
    [TestCase("/a/b", "/a%2fb")]
    [TestCase("/v1/[A-Za-z0-9%]+", "/v1/a%20b", Description = "as Consul's proxies see the path")]
    [TestCase(".*%2[eE].*", "/x/%2e", Description = "as it came")]
    [TestCase("/admin(/.*)?", "/x/..;/admin")]
    [TestCase("/admin(/.*)?", "/admin;v=1/x")]
    public void No_spelling_evades_a_denying_expression(string rule, string path) =>
        Assert.That(Denies(PathTest.Regex, rule, path), Is.True);

    [TestCase(PathTest.Prefix, "/.", "/index", Description = "a rule for hidden files is none for all")]
    [TestCase(PathTest.Prefix, "//", "/index")]
    [TestCase(PathTest.Prefix, "/shop;x", "/shop")]
    [TestCase(PathTest.Prefix, "/my%20files", "/my%20file")]
    [TestCase(PathTest.Exact, "/admin", "/admin/")]
    [TestCase(PathTest.Exact, "/admin", "/ADMIN")]
    [TestCase(PathTest.Regex, "/admin", "/administrator")]
    public void A_different_path_is_not_denied(PathTest test, string rule, string path) =>
        Assert.That(Denies(test, rule, path), Is.False);

    [TestCase(PathTest.Prefix, "/public/", "/public/a%20b")]
    [TestCase(PathTest.Prefix, "/public/", "/public/%C3%A4")]
    [TestCase(PathTest.Prefix, "/public/", "/public/a%2fb", Description = "however it is read, it stays in there")]
    [TestCase(PathTest.Prefix, "/public/", "/public/a//b/.hidden;v=1")]
    [TestCase(PathTest.Prefix, "/öffentlich/", "/%C3%B6ffentlich/x")]
    [TestCase(PathTest.Prefix, "/my%20files/", "/my%20files/x")]
    [TestCase(PathTest.Prefix, "/my files/", "/my%20files/x")]
    [TestCase(PathTest.Prefix, "/.well-known/", "/.well-known/x")]
    [TestCase(PathTest.Prefix, "/projects/a%2fb", "/projects/a%2Fb/issues")]
    [TestCase(PathTest.Exact, "/shop;v=1", "/shop;v=1")]
    [TestCase(PathTest.Exact, "/a:b", "/a%3ab")]
    [TestCase(PathTest.Exact, "/geheim/%c3%a4", "/geheim/%C3%A4")]
    [TestCase(PathTest.Exact, "/search/c%23", "/search/c%23")]
    [TestCase(PathTest.Regex, "/my%20files/[a-z]+", "/my%20files/x")]
    [TestCase(PathTest.Regex, "/my files/[a-z]+", "/my%20files/x")]
    [TestCase(PathTest.Regex, "/geheim/.", "/geheim/%C3%A4")]
    [TestCase(PathTest.Regex, "/v1/[^/]+/items", "/v1/a%20b/items")]
    [TestCase(PathTest.Regex, "/shop;v=[0-9]+", "/shop;v=12")]
    [TestCase(PathTest.Regex, "/projects/[^/]+/[0-9]+", "/projects/x/1")]
    public void An_allowance_accepts_every_spelling_that_means_the_same_to_all_applications(PathTest test, string rule, string path) =>
        Assert.That(Allows(test, rule, path), Is.True);

    [TestCase(PathTest.Prefix, "/public/", "/public/../admin")]
    [TestCase(PathTest.Prefix, "/public/", "/public/..%2fadmin")]
    [TestCase(PathTest.Prefix, "/public/", "/public%2fa", Description = "to some it is not in there")]
    [TestCase(PathTest.Prefix, "/public/", "/public/x%255cy%252f..%252f../admin")]
    [TestCase(PathTest.Prefix, "/public/", "/public/x%25252fy%252f..%252f../admin")]
    [TestCase(PathTest.Prefix, "/public/", "/public/%20/../../admin")]
    [TestCase(PathTest.Prefix, "/projects/a%2fb", "/projects/a/b")]
    [TestCase(PathTest.Prefix, "/public/", "/public//..%00x")]
    [TestCase(PathTest.Regex, "/public/[^/]*", @"/public/\..x")]
    [TestCase(PathTest.Exact, "/public", "/public%20")]
    [TestCase(PathTest.Exact, "/public", "/public;x")]
    [TestCase(PathTest.Regex, "/.*%2Epng", "/admin%00.png")]
    [TestCase(PathTest.Regex, @"/.*\.png", "/admin%3f.png")]
    [TestCase(PathTest.Regex, "/public/[^/]+", "/public/a%2fb")]
    [TestCase(PathTest.Regex, "/public/[^/]+", "/public/..")]
    [TestCase(PathTest.Regex, "/shop;v=.*", "/shop;v=1/../../admin")]
    public void No_spelling_that_an_application_may_read_differently_matches_an_allowance(
        PathTest test, string rule, string path) =>
        Assert.That(Allows(test, rule, path), Is.False);

    [Test]
    public void Each_equivalent_spelling_of_a_path_matches_the_same_rules() =>
        Prop.ForAll(Segments.ListOf(3).ToArbitrary(), ArbMap.Default.ArbFor<int>(), (segments, seed) =>
        {
            var random = new System.Random(seed);
            var path = "/" + string.Join('/', segments);
            var spelled = Spelled(path, random, always: false);
            foreach (var rule in (ReadOnlySpan<string>)[path, Spelled(path, random, always: true), Spelled(path, random, always: false)])
            {
                if (!Denies(PathTest.Exact, rule, spelled)
                    || !Denies(PathTest.Prefix, rule, $"{spelled}/x")
                    || !Allows(PathTest.Exact, rule, spelled)
                    || !Allows(PathTest.Prefix, rule, $"{spelled}/x"))
                {
                    return false;
                }
            }

            return Denies(PathTest.Regex, $"{Quoted(path)}/.+", $"{spelled}/x")
                && Allows(PathTest.Regex, $"{Quoted(path)}/.+", $"{spelled}/x");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static Gen<string> Segments =>
        Gen.Elements("a", "B", "7", "-", "_", "~", "ä", "ö", "€", "😀", ":", "@", "+", "=", " x", "%x", "\n.", "\t'", "(", "*")
            .NonEmptyListOf()
            .Select(pieces => $"k{string.Concat(pieces)}z");

    // A request can hold visible ASCII only: what is something else, or would change the meaning, is always escaped.
    private static string Spelled(string path, System.Random random, bool always)
    {
        var text = new StringBuilder();
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.Value is '/' || (!always && rune.Value is > ' ' and < 0x7f and not '%' && random.Next(3) > 0))
            {
                text.Append(rune);
                continue;
            }

            foreach (var b in Encoding.UTF8.GetBytes(rune.ToString()))
            {
                var digits = b.ToString("x2", CultureInfo.InvariantCulture);
                text.Append('%').Append(string.Concat(digits.Select(digit => random.Next(2) == 0 ? char.ToUpperInvariant(digit) : digit)));
            }
        }

        return text.ToString();
    }

    private static string Quoted(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c > '\x7e' || c <= ' ' ? c.ToString() : $@"\{c}"));

    private static bool Denies(PathTest test, string rule, string path) =>
        !Decide(IntentionAction.Deny, test, rule, path, IntentionAction.Allow);

    private static bool Allows(PathTest test, string rule, string path) =>
        Decide(IntentionAction.Allow, test, rule, path, IntentionAction.Deny);

    private static bool Decide(IntentionAction action, PathTest test, string rule, string path, IntentionAction otherwise)
    {
        var source = new IntentionSource("web") { Permissions = [new PermissionRule(action) { PathRule = new PathRule(test, rule) }] };
        var table = IntentionTable.Of(
            new DeclaredIntentions([new ServiceIntentionsEntry { Name = "payments", Sources = [source] }], otherwise));
        return table.Decide("web", "payments", new AskedRequest("GET", path)).Allowed;
    }
}
