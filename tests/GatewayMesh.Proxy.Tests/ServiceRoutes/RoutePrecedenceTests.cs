namespace GatewayMesh.Proxy.Tests.ServiceRoutes;

/// <summary>Which rule of a service's routes decides about a request.</summary>
internal sealed class RoutePrecedenceTests
{
    private const string ToOne = "backendRefs:[{name:'one',port:80}]";
    private const string ToTwo = "backendRefs:[{name:'two',port:80}]";

    [Test, Sentence(16)]
    public void Without_a_route_requests_go_to_the_Services_own_instances() =>
        Assert.That(SampleCluster.Shop.Routes().End("api.shop"), Is.EqualTo("directly api.shop"));

    [Test, Sentence(17, 18)]
    public void A_route_replaces_the_Services_instances_and_rejects_what_no_rule_matches()
    {
        var routes = SampleCluster.Shop.Http("shop/api", $"{{matches:[{{path:{{value:'/v1'}}}}],{ToOne}}}").Routes();

        Assert.That((routes.End("api.shop", "/v1"), routes.End("api.shop", "/")), Is.EqualTo(("one.shop", "404 no_matching_rule")));
    }

    [Test, Sentence(19)]
    public void A_route_that_is_not_accepted_counts_as_absent()
    {
        const string Headless = "{group:'',kind:'Service',name:'api',port:81}";

        Assert.That(
            SampleCluster.Shop.Http("shop/api", $"{{{ToOne}}}", Headless).Routes().End("api.shop"), Is.EqualTo("directly api.shop"));
        Assert.That(
            SampleCluster.Shop.Http("shop/api", $"{{{ToOne}}}", Headless).Http("shop/good", $"{{{ToTwo}}}").Routes().End("api.shop"),
            Is.EqualTo("two.shop"));
    }

    [TestCase("{}")]
    [TestCase("{backendRefs:[]}")]
    [Sentence(20)]
    public void A_rule_without_backends_and_without_a_redirect_is_answered_with_500(string rule) =>
        Assert.That(SampleCluster.Shop.Http("shop/api", rule).Routes().End("api.shop"), Is.EqualTo("500 no_valid_backend"));

    // The earlier match of each pair, whatever the order of the rules, the routes, and the objects.
    [TestCase("path:{type:'Exact',value:'/a'}", "path:{type:'RegularExpression',value:'/[a-z]'}", "/a")]
    [TestCase("path:{type:'Exact',value:'/a'}", "path:{value:'/a'},method:'GET'", "/a")]
    [TestCase("path:{type:'RegularExpression',value:'/a.*'}", "path:{value:'/a/b/c/d/e'}", "/a/b/c/d/e")]
    [TestCase("path:{type:'RegularExpression',value:'/a[a-z]+'}", "path:{type:'RegularExpression',value:'/a.*'}", "/aa")]
    [TestCase("path:{value:'/a/b'}", "path:{value:'/a'},method:'GET'", "/a/b")]
    [TestCase("path:{value:'/a/b'}", "path:{value:'/a/'},headers:[{name:'x',value:'1'}]", "/a/b")]
    [TestCase("method:'GET'", "headers:[{name:'x',value:'1'},{name:'y',value:'1'}]", "/")]
    [
        TestCase(
            "headers:[{name:'x',value:'1'},{name:'y',value:'1'}]",
            "headers:[{name:'x',value:'1'}],queryParams:[{name:'q',value:'1'}]",
            "/?q=1")]
    [TestCase("queryParams:[{name:'q',value:'1'},{name:'r',value:'2'}]", "queryParams:[{name:'q',value:'1'}]", "/?q=1&r=2")]
    [TestCase("queryParams:[{name:'q',value:'1'}]", "path:{value:'/'}", "/?q=1")]
    [Sentence(21)]
    public void The_more_specific_match_decides(string first, string second, string path)
    {
        string[] headers = ["x:1", "y:1"];
        string winner = $"{{matches:[{{{first}}}],{ToOne}}}", loser = $"{{matches:[{{{second}}}],{ToTwo}}}";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                SampleCluster.Shop.Http("shop/api", $"{loser},{winner}").Routes().End("api.shop", path, "GET", headers),
                Is.EqualTo("one.shop"));
            Assert.That(
                SampleCluster.Shop.Http("shop/a", loser, created: "2025-01-01T00:00:00Z")
                    .Http("shop/b", winner).Routes().End("api.shop", path, "GET", headers),
                Is.EqualTo("one.shop"));
        }
    }

    [TestCase("shop/b", "2025-01-01T00:00:00Z", "shop/a", "2026-01-01T00:00:00Z", Description = "the older route")]
    [TestCase("shop/a", "2026-01-01T00:00:00Z", "shop/b", "2026-01-01T00:00:00Z", Description = "then the name")]
    [Sentence(21)]
    public void Of_equal_matches_that_of_the_older_route_decides_and_then_the_name(
        string first, string created, string second, string later)
    {
        string one = $"{{{ToOne}}}", two = $"{{{ToTwo}}}";
        Assert.That(
            SampleCluster.Shop.Http(second, two, created: later).Http(first, one, created: created).Routes().End("api.shop"),
            Is.EqualTo("one.shop"));
        Assert.That(
            SampleCluster.Shop.Http(first, one, created: created).Http(second, two, created: later).Routes().End("api.shop"),
            Is.EqualTo("one.shop"));
    }

    [Test, Sentence(21)]
    public void Of_equal_matches_of_a_route_the_first_rule_decides()
    {
        var routes = SampleCluster.Shop.Http("shop/api", $"{{{ToOne}}},{{{ToTwo}}}").Routes();

        Assert.That((routes.End("api.shop"), routes.Rule("api.shop")), Is.EqualTo(("one.shop", "HTTPRoute shop/api[0]")));
    }

    [TestCase("/a", "GET", "one.shop")]
    [TestCase("/b", "POST", "one.shop")]
    [TestCase("/b", "GET", "two.shop")]
    [TestCase("/c", "GET", "two.shop")]
    [Sentence(22)]
    public void Matches_of_a_rule_are_alternatives_and_the_parts_of_a_match_hold_together(string path, string method, string end) =>
        Assert.That(
            SampleCluster.Shop.Http(
                "shop/api",
                $"{{matches:[{{path:{{value:'/a'}}}},{{path:{{value:'/b'}},method:'POST'}}],{ToOne}}},{{{ToTwo}}}").Routes().End(
                "api.shop", path, method),
            Is.EqualTo(end));

    [TestCase("/v2", true)]
    [TestCase("/v2/", true)]
    [TestCase("/v2/x", true)]
    [TestCase("/v2?q=1", true)]
    [TestCase("/v2example", false)]
    [TestCase("/V2", false)]
    [TestCase("/x/v2", false)]
    [Sentence(23)]
    public void A_prefix_goes_by_segments_and_by_case(string path, bool matches)
    {
        foreach (var prefix in new[] { "/v2", "/v2/" })
        {
            var routes = SampleCluster.Shop.Http("shop/api", $"{{matches:[{{path:{{value:'{prefix}'}}}}],{ToOne}}}").Routes();

            Assert.That(routes.End("api.shop", path), Is.EqualTo(matches ? "one.shop" : "404 no_matching_rule"), prefix);
        }
    }

    [TestCase("headers:[{name:'X-Team',value:'a'}]", "/", "x-team:a", true)]
    [TestCase("headers:[{name:'X-Team',value:'a'}]", "/", "x-team:A", false)]
    [TestCase("headers:[{name:'x-team',value:'a'},{name:'X-TEAM',value:'b'}]", "/", "x-team:a", true, Description = "the first counts")]
    [TestCase("headers:[{name:'x-team',type:'RegularExpression',value:'a+'}]", "/", "x-team:aaa", true)]
    [TestCase("headers:[{name:'x-team',type:'RegularExpression',value:'a+'}]", "/", "x-team:aab", false)]
    [TestCase("queryParams:[{name:'q',value:'1'}]", "/?q=1&q=2", "", true, Description = "the first value counts")]
    [TestCase("queryParams:[{name:'q',value:'2'}]", "/?q=1&q=2", "", false)]
    [TestCase("queryParams:[{name:'q',value:'1'}]", "/?Q=1", "", false)]
    [TestCase("queryParams:[{name:'q',type:'RegularExpression',value:'[0-9]+'}]", "/?q=17", "", true)]
    [TestCase("queryParams:[{name:'q',value:'1'},{name:'q',value:'2'}]", "/?q=1", "", true)]
    [TestCase("method:'POST'", "/", "", false)]
    [TestCase("method:'GET'", "/", "", true)]
    [Sentence(24)]
    public void Fields_match_without_case_parameters_with_it_and_of_equal_names_the_first_counts(
        string match, string path, string header, bool matches) =>
        Assert.That(
            SampleCluster.Shop.Http("shop/api", $"{{matches:[{{{match}}}],{ToOne}}}").Routes().End("api.shop", path, "GET", [header]),
            Is.EqualTo(matches ? "one.shop" : "404 no_matching_rule"));

    [Test, Sentence(25)]
    public void The_length_of_a_path_comes_before_query_parameters() =>
        Assert.That(
            SampleCluster.Shop.Http(
                "shop/api",
                $"{{matches:[{{queryParams:[{{name:'animal',value:'hydra'}}]}}],{ToTwo}}},"
                    + $"{{matches:[{{path:{{value:'/path5'}}}}],{ToOne}}}").Routes().End("api.shop", "/path5?animal=hydra"),
            Is.EqualTo("one.shop"));

    [Test, Sentence(26)]
    public void The_name_of_a_rule_changes_nothing() =>
        Assert.That(SampleCluster.Shop.Http("shop/api", $"{{name:'main',{ToOne}}}").Routes().End("api.shop"), Is.EqualTo("one.shop"));

    [TestCase("{method:{service:'bank.Ledger',method:'Post'}}", "/bank.Ledger/Post", true)]
    [TestCase("{method:{service:'bank.Ledger',method:'Post'}}", "/bank.Ledger/Posts", false)]
    [TestCase("{method:{service:'bank.Ledger'}}", "/bank.Ledger/Any", true)]
    [TestCase("{method:{service:'bank.Ledger'}}", "/bank.Ledgers/Any", false)]
    [TestCase("{method:{method:'Post'}}", "/any.Service/Post", true)]
    [TestCase("{method:{method:'Post'}}", "/any.Service/x/Post", false)]
    [TestCase("{method:{type:'RegularExpression',service:'bank\\\\.[A-Z][a-z]+',method:'P.*'}}", "/bank.Ledger/Post", true)]
    [TestCase("{method:{type:'RegularExpression',service:'bank\\\\.[A-Z][a-z]+',method:'P.*'}}", "/bankxLedger/Post", false)]
    [TestCase("{method:{type:'RegularExpression',method:'Get|Post'}}", "/a.B/Post", true)]
    [TestCase("{headers:[{name:'x-team',value:'a'}]}", "/a.B/C", true)]
    [TestCase("{}", "/a.B/C", true)]
    [Sentence(44)]
    public void A_gRPC_match_compares_service_and_method(string match, string path, bool matches) =>
        Assert.That(
            SampleCluster.Shop.Grpc("shop/api", $"{{matches:[{match}],{ToOne}}}").Routes().End("api.shop", path, "POST", "x-team:a"),
            Is.EqualTo(matches ? "one.shop" : "404 no_matching_rule"));

    [TestCase("method:{service:'a.Longer'}", "method:{service:'a.B',method:'LongMethod'}", "/a.Longer/X", "/a.B/LongMethod")]
    [TestCase("method:{service:'a.B',method:'Call'}", "method:{service:'a.B'},headers:[{name:'x',value:'1'}]", "/a.B/Call", "/a.B/Other")]
    [TestCase("headers:[{name:'x',value:'1'},{name:'y',value:'1'}]", "headers:[{name:'x',value:'1'}]", "/a.B/C", null)]
    [Sentence(44)]
    public void The_longer_gRPC_service_decides_then_the_method_then_the_fields(string first, string second, string path, string? other)
    {
        var routes = SampleCluster.Shop.Grpc("shop/api", $"{{matches:[{{{second}}}],{ToTwo}}},{{matches:[{{{first}}}],{ToOne}}}").Routes();

        Assert.That(routes.End("api.shop", path, "POST", "x:1", "y:1"), Is.EqualTo("one.shop"));
        Assert.That(other is null || routes.End("api.shop", other, "POST", "x:1") == "two.shop");
    }

    [Test, Sentence(44)]
    public void A_GRPCRoute_without_a_match_takes_every_call_and_one_without_rules_none()
    {
        Assert.That(SampleCluster.Shop.Grpc("shop/api", $"{{{ToOne}}}").Routes().End("api.shop", "/a.B/C", "POST"), Is.EqualTo("one.shop"));
        Assert.That(SampleCluster.Shop.Grpc("shop/api", "").Routes().End("api.shop", "/a.B/C", "POST"), Is.EqualTo("404 no_matching_rule"));
    }

    [Test]
    public void Equal_objects_in_any_order_compile_to_the_same_revision()
    {
        var first = SampleCluster.Shop.Http("shop/a", $"{{{ToOne}}}").Http("shop/b", $"{{{ToTwo}}}").Grpc("shop/c", "");
        var second = SampleCluster.Shop.Grpc("shop/c", "").Http("shop/b", $"{{{ToTwo}}}").Http("shop/a", $"{{{ToOne}}}");

        Assert.That(second.Compile().Revision, Is.EqualTo(first.Compile().Revision));
        Assert.That(first.Compile("bank").Revision, Is.Not.EqualTo(first.Compile().Revision), "other callers");
        Assert.That(first.Compile("bank").EntriesRevision, Is.EqualTo(first.Compile().EntriesRevision));
    }
}
