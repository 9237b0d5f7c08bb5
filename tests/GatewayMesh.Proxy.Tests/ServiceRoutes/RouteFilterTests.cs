using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.Tests.ServiceRoutes;

/// <summary>Filters and timeouts of rules.</summary>
internal sealed class RouteFilterTests
{
    private const string ToOne = "backendRefs:[{name:'one',port:80}]";
    private const string Empty = "{type:'ResponseHeaderModifier',responseHeaderModifier:{}}";
    private const string Mirror = "{type:'RequestMirror',requestMirror:{backendRef:{name:'two',port:80}}}";

    [TestCase("{type:'CORS',cors:{}}", "UnsupportedValue")]
    [TestCase("{type:'ExtensionRef',extensionRef:{group:'a.b',kind:'C',name:'d'}}", "UnsupportedValue")]
    [TestCase("{type:'OfALaterVersion'}", "UnsupportedValue")]
    [TestCase("{type:'RequestHeaderModifier'}", "UnsupportedValue")]
    [TestCase("{type:'RequestHeaderModifier',requestHeaderModifier:{set:[{name:'Host',value:'x'}]}}", "UnsupportedValue")]
    [TestCase("{type:'RequestHeaderModifier',requestHeaderModifier:{set:[{name:'x',value:'é'}]}}", "UnsupportedValue")]
    [TestCase(Empty + "," + Empty, "IncompatibleFilters")]
    [TestCase("{type:'URLRewrite',urlRewrite:{path:{type:'OfALaterVersion'}}}", "UnsupportedValue")]
    [
        TestCase(
            "{type:'RequestRedirect',requestRedirect:{hostname:'x.y'}},{type:'URLRewrite',urlRewrite:{hostname:'x.y'}}",
            "IncompatibleFilters")]
    [TestCase(Mirror + "," + Mirror, "UnsupportedValue")]
    [Sentence(35)]
    public void A_filter_that_is_not_supported_is_never_skipped_its_requests_get_an_error(string filters, string reason)
    {
        var alone = SampleCluster.Shop.Http("shop/api", $"{{filters:[{filters}],{ToOne}}}");
        var beside = SampleCluster.Shop.Http("shop/api", $"{{matches:[{{path:{{value:'/a'}}}}],filters:[{filters}],{ToOne}}},{{{ToOne}}}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(alone.Routes().End("api.shop"), Is.EqualTo("500 rule_refused"));
            Assert.That(
                alone.Translate().Results.Single().Conditions.Select(condition => (condition.Type, condition.IsTrue, condition.Reason)),
                Is.EqualTo([("Accepted", false, reason), ("ResolvedRefs", true, "ResolvedRefs")]));
            Assert.That(beside.Routes().End("api.shop", "/a"), Is.EqualTo("500 rule_refused"));
            Assert.That(beside.Routes().End("api.shop"), Is.EqualTo("one.shop"));
            Assert.That(
                beside.Translate().Results.Single().Conditions.Select(condition => (condition.Type, condition.IsTrue, condition.Reason)),
                Is.EqualTo([("Accepted", true, "Accepted"), ("ResolvedRefs", true, "ResolvedRefs"), ("PartiallyInvalid", true, reason)]));
            Assert.That(beside.Translate().Results.Single().Conditions[2].Message, Does.StartWith("Dropped Rule 0: "));
        }
    }

    [TestCase("path:{type:'Glob',value:'/*'}")]
    [TestCase("path:{type:'RegularExpression',value:'(?=a)'}")]
    [TestCase("headers:[{name:'x',type:'Prefix',value:'a'}]")]
    [TestCase("queryParams:[{name:'x',type:'RegularExpression',value:'('}]")]
    [Sentence(35)]
    public void A_match_that_is_not_understood_refuses_its_rule_alone(string match)
    {
        var cluster = SampleCluster.Shop.Http(
            "shop/api", $"{{matches:[{{{match}}},{{path:{{value:'/known'}}}}],{ToOne}}},{{{ToOne}}}").Http("shop/other", $"{{{ToOne}}}");

        Assert.That(cluster.Routes().End("api.shop", "/known"), Is.EqualTo("500 rule_refused"));
        Assert.That(cluster.Routes().End("api.shop", "/"), Is.EqualTo("one.shop"));
        Assert.That(cluster.Translate().Results.Select(result => result.IsAccepted), Is.All.True);
    }

    [Test, Sentence(35)]
    public void The_other_requests_of_a_route_without_any_good_rule_go_on_as_without_a_route() =>
        Assert.That(
            SampleCluster.Shop.Http("shop/api", $"{{matches:[{{path:{{value:'/a'}}}}],filters:[{{type:'CORS'}}],{ToOne}}}").Routes()
                .End("api.shop", "/b"),
            Is.EqualTo("api.shop"));

    [Test, Sentence(35)]
    public void A_filter_of_a_backend_that_is_not_supported_there_refuses_the_rule() =>
        Assert.That(
            SampleCluster.Shop.Http(
                "shop/api",
                "{backendRefs:[{name:'one',port:80,filters:[{type:'URLRewrite',urlRewrite:{hostname:'x'}}]}]}").Routes().End("api.shop"),
            Is.EqualTo("500 rule_refused"));

    [Test, Sentence(36)]
    public void Changes_of_fields_are_those_of_the_rule_and_then_those_of_the_backend()
    {
        var edits = SampleCluster.Shop.Http(
            "shop/api",
            "{filters:[{type:'RequestHeaderModifier',requestHeaderModifier:"
                + "{set:[{name:'A',value:'rule'},{name:'a',value:'twice'},{name:'B',value:'rule'}],"
                + "add:[{name:'C',value:'rule'}],remove:['D']}},"
                + "{type:'ResponseHeaderModifier',responseHeaderModifier:{set:[{name:'E',value:'100%'}]}}],"
                + "backendRefs:[{name:'one',port:80,filters:[{type:'RequestHeaderModifier',requestHeaderModifier:"
                + "{set:[{name:'A',value:'backend'}],add:[{name:'C',value:'backend'}],remove:['B']}}]}]}").Routes().Leaf("api.shop").Edits!;

        Assert.That(
            edits.Request!.Added.Select(field => $"{field.Key}={field.Value}"), Is.EqualTo(["c=rule", "c=backend", "a=backend"]));
        Assert.That("abcd".Select(name => edits.Request.Drops($"{name}")), Is.EqualTo([true, true, false, true]));
        Assert.That(edits.Response!.Added.Single().Value, Is.EqualTo("100%"));
    }

    [TestCase("hostname:'example.org'", 80, "http://example.org/a")]
    [TestCase("hostname:'example.org'", 8080, "http://example.org:8080/a", Description = "the port of the Service")]
    [TestCase("scheme:'https'", 8080, "https://api/a", Description = "the port of the scheme")]
    [TestCase("scheme:'http'", 8080, "http://api/a")]
    [TestCase("port:8443,scheme:'https'", 80, "https://api:8443/a")]
    [TestCase("port:443,scheme:'https'", 80, "https://api/a")]
    [TestCase("port:80", 8080, "http://api/a")]
    [TestCase("port:443", 80, "http://api:443/a")]
    [Sentence(37)]
    public void A_redirect_changes_the_parts_that_are_given_and_knows_the_ports_of_schemes(string redirect, int port, string location)
    {
        var leaf = SampleCluster.Shop.Service("shop/api", port)
            .Http("shop/api", $"{{filters:[{{type:'RequestRedirect',requestRedirect:{{{redirect}}}}}]}}").Routes().Leaf("api.shop");

        var answer = leaf.Redirect!.Of("http", "api", "/a")!;

        Assert.That((answer.Status, answer.Fields), Is.EqualTo((302, new[] { new Field("Location", location) })));
    }

    [TestCase("/strip-prefix", "/", "/strip-prefix/three", "/three")]
    [TestCase("/strip-prefix", "/", "/strip-prefix", "/")]
    [TestCase("/strip-prefix/", "", "/strip-prefix/a?q=1", "/a?q=1")]
    [TestCase("/a", "/b/", "/a/c", "/b/c")]
    [TestCase("/", "/b", "/c", "/b/c")]
    [Sentence(38)]
    public void A_prefix_is_replaced_by_segments_and_the_query_stays(string prefix, string to, string path, string expected)
    {
        var leaf = SampleCluster.Shop.Http(
            "shop/api",
            $"{{matches:[{{path:{{value:'{prefix}'}}}}],filters:[{{type:'URLRewrite',urlRewrite:{{hostname:'in.ner',path:"
                + $"{{type:'ReplacePrefixMatch',replacePrefixMatch:'{to}'}}}}}}],{ToOne}}}").Routes().Leaf("api.shop", path);

        Assert.That((leaf.Rewrite!.Apply(path), leaf.Host), Is.EqualTo((expected, "in.ner")));
    }

    [Test, Sentence(38)]
    public void A_replaced_prefix_needs_a_prefix_in_the_match() =>
        Assert.That(
            SampleCluster.Shop.Http(
                "shop/api",
                "{matches:[{path:{type:'Exact',value:'/a'}}],filters:[{type:'URLRewrite',urlRewrite:{path:"
                    + $"{{type:'ReplacePrefixMatch',replacePrefixMatch:'/b'}}}}}}],{ToOne}}}").Routes().End("api.shop", "/a"),
            Is.EqualTo("500 rule_refused"));

    [TestCase("", 1)]
    [TestCase(",percent:25", 0.25)]
    [TestCase(",percent:0", 0)]
    [TestCase(",fraction:{numerator:1,denominator:1000}", 0.001)]
    [TestCase(",fraction:{numerator:50}", 0.5)]
    [Sentence(39)]
    public void A_mirror_copies_a_share_to_the_instances_of_its_backend(string share, double expected)
    {
        var filter = $"{{type:'RequestMirror',requestMirror:{{backendRef:{{name:'two',port:80}}{share}}}}}";
        var mirror = Target($"{{filters:[{filter}],{ToOne}}}").Policy.Mirror;

        Assert.That((mirror.Service, mirror.Share, mirror.IsDirect), Is.EqualTo(("two.shop", expected, true)));
    }

    [Test, Sentence(39)]
    public void A_mirror_to_a_backend_that_does_not_exist_is_not_made()
    {
        var cluster = SampleCluster.Shop.Http(
            "shop/api", $"{{filters:[{{type:'RequestMirror',requestMirror:{{backendRef:{{name:'nobody',port:80}}}}}}],{ToOne}}}");

        Assert.That(cluster.Routes().Leaf("api.shop").Targets[0].Policy.Mirror.IsOn, Is.False);
        Assert.That(cluster.Translate().Results.Single().Conditions[1].Reason, Is.EqualTo("BackendNotFound"));
    }

    [TestCase("request:'2s',backendRequest:'500ms'", 2000, 500)]
    [TestCase("request:'0s'", 0, 0)]
    [TestCase("request:'1m30s'", 90_000, 0)]
    [TestCase("backendRequest:'1h'", 15_000, 3_600_000, Description = "the policy's request timeout stays")]
    [Sentence(40)]
    public void Timeouts_are_those_of_the_request_and_of_each_attempt_and_0s_is_none(string timeouts, int request, int attempt)
    {
        var model = Target($"{{timeouts:{{{timeouts}}},{ToOne}}}").Policy.Timeouts;

        Assert.That((model.Request.TotalMilliseconds, model.Attempt.TotalMilliseconds), Is.EqualTo((request, attempt)));
    }

    [TestCase("5")]
    [TestCase("1d")]
    [TestCase("-1s")]
    [TestCase("1s2s3s4s5s")]
    public void A_timeout_that_is_no_duration_refuses_the_rule(string timeout) =>
        Assert.That(
            SampleCluster.Shop.Http("shop/api", $"{{timeouts:{{request:'{timeout}'}},{ToOne}}}").Routes().End("api.shop"),
            Is.EqualTo("500 rule_refused"));

    [Test, Sentence(41)]
    public void Retries_of_the_experimental_channel_are_not_read() =>
        Assert.That(
            Target($"{{retry:{{codes:[503],attempts:7}},{ToOne}}}").Policy.Retries.MaxAttempts, Is.EqualTo(3), "they are the policy's");

    private static LeafTarget Target(string rule) => SampleCluster.Shop.Http("shop/api", rule).Routes().Leaf("api.shop").Targets[0];
}
