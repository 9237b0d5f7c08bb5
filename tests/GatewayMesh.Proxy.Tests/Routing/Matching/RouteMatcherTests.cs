using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Proxy.Routing.Matching;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing.Matching;

public class RouteMatcherTests
{
    [TestCase("/api", ExpectedResult = true)]
    [TestCase("/api?x=1", ExpectedResult = true)]
    [TestCase("/api#x", ExpectedResult = true)]
    [TestCase("/api/", ExpectedResult = false)]
    [TestCase("/API", ExpectedResult = false)]
    [TestCase("/%61pi", ExpectedResult = true)]
    [TestCase("//api", ExpectedResult = true)]
    [TestCase("/x/../api", ExpectedResult = true)]
    [TestCase("/x/%2e%2E/api", ExpectedResult = true)]
    [TestCase("/./api", ExpectedResult = true)]
    [TestCase("/api/..", ExpectedResult = false)]
    public bool An_exact_path_matches(string target) => Matches(Routes.Exact("/api"), target);

    [TestCase("/api", ExpectedResult = true)]
    [TestCase("/apix", ExpectedResult = true)]
    [TestCase("/api/v1?x", ExpectedResult = true)]
    [TestCase("/ap", ExpectedResult = false)]
    [TestCase("/x?/api", ExpectedResult = false)]
    [TestCase("/static/../api/x", ExpectedResult = true)]
    [TestCase("/api/../static", ExpectedResult = false)]
    [TestCase("/%41pi", ExpectedResult = false)]
    public bool A_prefix_matches_even_within_a_segment(string target) => Matches(Routes.Prefix("/api"), target);

    [TestCase("/v1/a", ExpectedResult = true)]
    [TestCase("/v12/a?b", ExpectedResult = true)]
    [TestCase("/x/v1/a", ExpectedResult = false)]
    [TestCase("/v1/a/b", ExpectedResult = false)]
    [TestCase("/v%31/a", ExpectedResult = true)]
    public bool An_expression_matches_the_whole_path(string target) => Matches(Routes.Regex("/v[0-9]+/[a-z]"), target);

    [TestCase("/my%20files/[a-z]+", "/my%20files/x", ExpectedResult = true)]
    [TestCase("/my%20files/[a-z]+", "/my%20files/%78", ExpectedResult = true)]
    [TestCase("/geheim/.", "/geheim/%c3%a4", ExpectedResult = true)]
    [TestCase("/a.b", "/a%0ab", ExpectedResult = true)]
    [TestCase("/a%2[Ff]b", "/a%2fb", ExpectedResult = true, Description = "as Consul's proxies see the path")]
    [TestCase("/[a-z0-9%]+", "/a%20b", ExpectedResult = true)]
    [TestCase("/[a-z]+", "/a%20b", ExpectedResult = false)]
    public bool An_expression_matches_the_decoded_path_and_the_path_as_written(string rule, string target) =>
        Matches(Routes.Regex(rule), target);

    [TestCase("/a%2fb", "/a%2Fb", ExpectedResult = true)]
    [TestCase("/a//b", "/a/b", ExpectedResult = true)]
    [TestCase("/%61", "/a", ExpectedResult = true)]
    [TestCase("/my%20files", "/my%20files", ExpectedResult = true)]
    [TestCase("/my files", "/my%20files", ExpectedResult = true)]
    [TestCase("/geheim/ä", "/geheim/%C3%A4", ExpectedResult = true)]
    [TestCase("/geheim/ä", "/x/../geheim//%c3%a4", ExpectedResult = true)]
    [TestCase("/a:b", "/a%3ab", ExpectedResult = true)]
    [TestCase("/a/b", "/a%2fb", ExpectedResult = false, Description = "as in Envoy, an escaped slash is not a slash")]
    public bool The_path_of_a_rule_is_read_in_the_same_way(string rule, string target) => Matches(Routes.Exact(rule), target);

    [Test]
    public void Paths_are_case_sensitive_unless_the_rule_ignores_case()
    {
        Assert.That(Matches(Routes.Prefix("/api") with { CaseInsensitive = true }, "/API/x"), Is.True);
        Assert.That(Matches(Routes.Exact("/api") with { CaseInsensitive = true }, "/API"), Is.True);
        Assert.That(Matches(Routes.Regex("/api") with { CaseInsensitive = true }, "/API"), Is.True);
        Assert.That(Matches(Routes.Regex("/api"), "/API"), Is.False);
    }

    [TestCase(HeaderTest.Present, "", false, "x: 1", ExpectedResult = true)]
    [TestCase(HeaderTest.Present, "", false, "y: 1", ExpectedResult = false)]
    [TestCase(HeaderTest.Present, "", true, "x: 1", ExpectedResult = false)]
    [TestCase(HeaderTest.Present, "", true, "y: 1", ExpectedResult = true)]
    [TestCase(HeaderTest.Exact, "1", false, "x: 1", ExpectedResult = true)]
    [TestCase(HeaderTest.Exact, "1", false, "x: 12", ExpectedResult = false)]
    [TestCase(HeaderTest.Exact, "1", true, "x: 12", ExpectedResult = true)]
    [TestCase(HeaderTest.Exact, "1", true, "y: 1", ExpectedResult = false)]
    [TestCase(HeaderTest.Prefix, "ab", false, "x: abc", ExpectedResult = true)]
    [TestCase(HeaderTest.Prefix, "ab", false, "x: cab", ExpectedResult = false)]
    [TestCase(HeaderTest.Suffix, "ab", false, "x: cab", ExpectedResult = true)]
    [TestCase(HeaderTest.Suffix, "ab", false, "x: abc", ExpectedResult = false)]
    [TestCase(HeaderTest.Regex, "a+", false, "x: aaa", ExpectedResult = true)]
    [TestCase(HeaderTest.Regex, "a+", false, "x: aab", ExpectedResult = false)]
    [TestCase(HeaderTest.Regex, "a+", true, "x: aab", ExpectedResult = true)]
    public bool A_header_field_matches(HeaderTest test, string value, bool invert, string header) =>
        Matches(Routes.Header("x", test, value, invert), "/", new Asked("GET", header));

    [TestCase(QueryTest.Present, "", "/?q", ExpectedResult = true)]
    [TestCase(QueryTest.Present, "", "/?q=", ExpectedResult = true)]
    [TestCase(QueryTest.Present, "", "/?a=1&q=2", ExpectedResult = true)]
    [TestCase(QueryTest.Present, "", "/?qq=1", ExpectedResult = false)]
    [TestCase(QueryTest.Present, "", "/", ExpectedResult = false)]
    [TestCase(QueryTest.Present, "", "/#?q", ExpectedResult = false)]
    [TestCase(QueryTest.Exact, "1", "/?q=1", ExpectedResult = true)]
    [TestCase(QueryTest.Exact, "1", "/?q=12", ExpectedResult = false)]
    [TestCase(QueryTest.Exact, "1", "/?q=%31", ExpectedResult = true)]
    [TestCase(QueryTest.Exact, "1", "/?%71=1", ExpectedResult = true)]
    [TestCase(QueryTest.Exact, "1", "/?q=2&q=1", ExpectedResult = false)]
    [TestCase(QueryTest.Exact, "1", "/?q=1#x", ExpectedResult = true)]
    [TestCase(QueryTest.Exact, "é +", "/?q=%C3%A9%20+", ExpectedResult = true)]
    [TestCase(QueryTest.Exact, "", "/?q", ExpectedResult = true)]
    [TestCase(QueryTest.Regex, "a+", "/?q=aa", ExpectedResult = true)]
    [TestCase(QueryTest.Regex, "a+", "/?q=aab", ExpectedResult = false)]
    public bool A_query_parameter_matches(QueryTest test, string value, string target) => Matches(Routes.Query("q", test, value), target);

    [TestCase("GET", ExpectedResult = true)]
    [TestCase("POST", ExpectedResult = true)]
    [TestCase("PUT", ExpectedResult = false)]
    [TestCase("get", ExpectedResult = false)]
    public bool Methods(string method) => Matches(Routes.Methods("GET", "POST"), "/", new Asked(method));

    [Test]
    public void All_conditions_of_a_rule_must_hold_and_the_failed_one_is_reported()
    {
        var matcher = new RouteMatcher(new RouteMatch
        {
            Path = new PathRule(PathTest.Prefix, "/api"),
            Methods = ["GET"],
            Headers = [new HeaderRule("x", HeaderTest.Exact, "1")],
            Query = [new QueryRule("q", QueryTest.Present, "")],
        });
        string? WhyNot(string target, Asked asked) => matcher.WhyNot(new AskedRoute(asked, target));

        Assert.That(matcher.Matches(new AskedRoute(new Asked("GET", "x: 1"), "/api?q")), Is.True);
        Assert.That(WhyNot("/api?q", new Asked("GET", "x: 1")), Is.Null);
        Assert.That(WhyNot("/x?q", new Asked("GET", "x: 1")), Is.EqualTo("path begins with /api"));
        Assert.That(WhyNot("/api?q", new Asked("PUT", "x: 1")), Is.EqualTo("method is GET"));
        Assert.That(WhyNot("/api?q", new Asked("GET", "x: 2")), Is.EqualTo("header x is 1"));
        Assert.That(WhyNot("/api", new Asked("GET", "x: 1")), Is.EqualTo("query has q"));
        Assert.That(matcher.ToString(), Is.EqualTo("path begins with /api, method is GET, header x is 1, query has q"));
    }

    [Test]
    public void An_ordinary_request_is_matched_without_allocation()
    {
        var matcher = new RouteMatcher(new RouteMatch
        {
            Path = new PathRule(PathTest.Regex, "/api/.*"),
            Methods = ["GET"],
            Headers = [new HeaderRule("x", HeaderTest.Present, "")],
            Query = [new QueryRule("q", QueryTest.Exact, "1")],
        });
        var asked = new Plain();
        var matched = 0;
        for (var i = 0; i < 1000; i++)
        {
            matched += matcher.Matches(new AskedRoute(asked, "/api/charges?a=b&q=1")) ? 1 : 0;
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            matched += matcher.Matches(new AskedRoute(asked, "/api/charges?a=b&q=1")) ? 1 : 0;
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(matched, Is.EqualTo(2000));
    }

    private static bool Matches(RouteMatch match, string target, Asked? asked = null) =>
        new RouteMatcher(match).Matches(new AskedRoute(asked ?? new Asked(), target));

    private sealed class Plain : IRequestFacts
    {
        public string Method => "GET";

        public PathReadings Paths => PathReadings.Of("/");

        public FieldLines Field(string name) => new(name == "x" ? "1" : null);

        public FieldLines Twins(string name) => default;
    }
}
