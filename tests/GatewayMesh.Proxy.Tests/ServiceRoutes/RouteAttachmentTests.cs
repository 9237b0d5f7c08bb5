using GatewayMesh.Registry.Kubernetes.Routes;

namespace GatewayMesh.Proxy.Tests.ServiceRoutes;

/// <summary>Where a route is attached, and for whose calls it holds.</summary>
internal sealed class RouteAttachmentTests
{
    private const string ToOne = "{backendRefs:[{name:'one',port:80}]}";
    private const string ToTwo = "{backendRefs:[{name:'two',port:80}]}";

    [Test, Sentence(1)]
    public void A_Service_is_a_parent_in_the_core_group_only_and_each_parent_is_judged_by_itself()
    {
        var cluster = SampleCluster.Shop.Http(
            "shop/api",
            ToOne,
            "{group:'core',kind:'Service',name:'api'},{name:'edge'},{group:'',kind:'Service',name:'missing'},{kind:'Service',name:'two'}");

        Assert.That(
            cluster.Translate().Results.Select(result => (result.Parent.Name, result.IsAccepted)),
            Is.EqualTo([("api", true), ("missing", false)]),
            "a Gateway is another part's, and so is a Service of the group gateway.networking.k8s.io");
        Assert.That(cluster.Routes().End("api.shop"), Is.EqualTo("one.shop"));
    }

    [Test, Sentence(3)]
    public void A_backend_means_the_instances_of_its_Service_and_not_its_routes()
    {
        var routes = SampleCluster.Shop.Http("shop/api", ToOne)
            .Http("shop/one", ToTwo, "{group:'',kind:'Service',name:'one'}")
            .Routes();

        Assert.That((routes.End("api.shop"), routes.End("one.shop")), Is.EqualTo(("one.shop", "two.shop")));
    }

    [TestCase("", "one.shop", "one.shop", "one.shop")]
    [TestCase(",port:8080", "directly api.shop", "one.shop", "directly api.shop:9090")]
    [TestCase(",sectionName:'p9090'", "directly api.shop", "directly api.shop:8080", "one.shop")]
    [TestCase(",sectionName:'p9090',port:9090", "directly api.shop", "directly api.shop:8080", "one.shop")]
    [Sentence(4)]
    public void A_route_holds_for_the_ports_that_its_parent_names(string more, string first, string second, string third)
    {
        var routes = SampleCluster.Shop.Service("shop/api", 80, 8080, 9090)
            .Http("shop/api", ToOne, $"{{group:'',kind:'Service',name:'api'{more}}}")
            .Routes();

        Assert.That(
            (routes.End("api.shop"), routes.End("api.shop:8080"), routes.End("api.shop:9090")), Is.EqualTo((first, second, third)));
    }

    [TestCase("{group:'',kind:'Service',name:'nobody'}")]
    [TestCase("{group:'',kind:'Service',name:'api',port:81}")]
    [TestCase("{group:'',kind:'Service',name:'api',sectionName:'other'}")]
    [TestCase("{group:'',kind:'Service',name:'api',port:80,sectionName:'other'}")]
    [TestCase("{group:'',kind:'Service',name:'api',namespace:'bank'}")]
    [Sentence(5)]
    public void A_parent_that_does_not_exist_is_not_matched(string parent) =>
        Assert.That(
            Accepted(SampleCluster.Shop.Http("shop/api", ToOne, parent)), Is.EqualTo((false, "NoMatchingParent")));

    [TestCase(true, false)]
    [TestCase(false, true)]
    [Sentence(6)]
    public void A_headless_Service_and_an_ExternalName_cannot_be_parents(bool isHeadless, bool isExternalName)
    {
        var cluster = SampleCluster.Shop.Service(SampleCluster.ServiceOf("shop/api") with
        {
            IsHeadless = isHeadless,
            IsExternalName = isExternalName,
            Ports = [new MeshServicePort(80)],
        }).Http("shop/api", ToOne);

        Assert.That(Accepted(cluster), Is.EqualTo((false, "UnsupportedValue")));
        Assert.That(cluster.Routes().End("api.shop"), Is.EqualTo("directly api.shop"));
    }

    [Test, Sentence(7)]
    public void A_Service_without_endpoints_is_a_name_whose_requests_go_to_the_backends() =>
        Assert.That(SampleCluster.Shop.Empty("shop/api", 80).Http("shop/api", ToOne).Routes().End("api.shop"), Is.EqualTo("one.shop"));

    [Test, Sentence(8)]
    public void Host_names_of_a_route_have_no_effect_and_a_match_on_the_field_Host_has()
    {
        var routes = SampleCluster.Shop.Http(
            "shop/api",
            $"{{matches:[{{headers:[{{name:'Host',value:'api.example'}}]}}],backendRefs:[{{name:'two',port:80}}]}},{ToOne}").Routes();

        Assert.That(routes.End("api.shop"), Is.EqualTo("one.shop"), "though the route names the host other.example");
        Assert.That(routes.End("api.shop", headers: "host:api.example"), Is.EqualTo("two.shop"));
    }

    [TestCase("shop")]
    [TestCase("bank")]
    [Sentence(10)]
    public void A_producer_route_holds_for_callers_of_every_namespace(string callers) =>
        Assert.That(SampleCluster.Shop.Http("shop/api", ToOne).Routes(callers).End("api.shop"), Is.EqualTo("one.shop"));

    [TestCase("bank", "one.shop")]
    [TestCase("shop", "directly api.shop")]
    [TestCase("", "directly api.shop", Description = "a gateway that does not know the caller's namespace")]
    [Sentence(11, 14, 15)]
    public void A_consumer_route_holds_for_callers_of_its_own_namespace_and_needs_no_grant(string callers, string end) =>
        Assert.That(Consumer(SampleCluster.Shop, "/").Routes(callers).End("api.shop"), Is.EqualTo(end));

    [TestCase("bank", "/", "one.shop")]
    [TestCase("bank", "/more", "one.shop", Description = "routes of one group are one list")]
    [TestCase("post", "/", "two.shop")]
    [Sentence(12)]
    public void A_namespace_with_consumer_routes_uses_those_alone(string callers, string path, string end)
    {
        var cluster = Consumer(Consumer(SampleCluster.Shop, "/", "first"), "/more", "second").Http("shop/api", ToTwo);

        Assert.That(cluster.Routes(callers).End("api.shop", path), Is.EqualTo(end));
    }

    [Test, Sentence(13)]
    public void A_consumer_group_without_a_match_rejects_and_does_not_fall_back_to_the_producers_rules()
    {
        var cluster = Consumer(SampleCluster.Shop, "/only").Http("shop/api", ToTwo);

        Assert.That(cluster.Routes("bank").End("api.shop", "/other"), Is.EqualTo("404 no_matching_rule"));
        Assert.That(cluster.Routes("shop").End("api.shop", "/other"), Is.EqualTo("two.shop"));
    }

    [Test, Sentence(42, 43)]
    public void At_one_port_only_the_most_specific_kind_holds_and_a_kind_that_holds_at_another_port_stays_accepted()
    {
        var cluster = SampleCluster.Shop.Service("shop/api", 80, 7070)
            .Http("shop/web", ToOne)
            .Http("shop/late", ToOne, "{group:'',kind:'Service',name:'api',port:7070}")
            .Grpc("shop/calls", ToTwo, "{group:'',kind:'Service',name:'api',port:7070}");
        var routes = cluster.Routes();

        Assert.That((routes.End("api.shop"), routes.End("api.shop:7070")), Is.EqualTo(("one.shop", "two.shop")));
        Assert.That(
            cluster.Translate().Results.Select(result => (result.Route.Name, result.IsAccepted, result.Conditions[0].Reason)),
            Is.EqualTo([("calls", true, "Accepted"), ("late", false, "Conflicted"), ("web", true, "Accepted")]));
    }

    [Test, Sentence(42)]
    public void Kinds_of_different_groups_do_not_conflict()
    {
        var cluster = Consumer(SampleCluster.Shop, "/").Grpc("shop/calls", ToTwo);

        Assert.That((cluster.Routes("bank").End("api.shop"), cluster.Routes("shop").End("api.shop")), Is.EqualTo(("one.shop", "two.shop")));
        Assert.That(cluster.Translate().Results.Select(result => result.IsAccepted), Is.All.True);
    }

    [Test, Sentence(48)]
    public void Every_parent_of_kind_Service_has_a_result_with_the_generation_of_the_route()
    {
        var results = SampleCluster.Shop.Http(
            "shop/api", ToOne, "{group:'',kind:'Service',name:'api'},{group:'',kind:'Service',name:'two',port:80}").Translate().Results;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(results.Select(result => result.Parent.Name), Is.EqualTo(["api", "two"]));
            Assert.That(
                results.SelectMany(result => result.Conditions),
                Is.EqualTo(
                    [
                        new RouteCondition("Accepted", true, "Accepted", "", 3),
                        new RouteCondition("ResolvedRefs", true, "ResolvedRefs", "", 3),
                        new RouteCondition("Accepted", true, "Accepted", "", 3),
                        new RouteCondition("ResolvedRefs", true, "ResolvedRefs", "", 3),
                    ]));
            Assert.That(RouteParentResult.ControllerName, Is.EqualTo("gatewaymesh.dev/mesh-controller"));
        }
    }

    [Test]
    public void A_route_that_names_a_Service_twice_counts_once() =>
        Assert.That(
            SampleCluster.Shop.Http(
                "shop/api", ToOne, "{group:'',kind:'Service',name:'api'},{group:'',kind:'Service',name:'api',port:80}")
                .Translate().Routes.Lists.Single().Rules,
            Has.Length.EqualTo(1));

    [Test]
    public void UDP_ports_are_no_parents() =>
        Assert.That(
            Accepted(
                SampleCluster.Shop.Service(SampleCluster.ServiceOf("shop/api") with
                {
                    Ports = [new MeshServicePort(53) { IsTcp = false }],
                }).Http("shop/api", ToOne)),
            Is.EqualTo((false, "NoMatchingParent")));

    private static (bool IsAccepted, string Reason) Accepted(SampleCluster cluster) =>
        cluster.Translate().Results.Single() is var result ? (result.IsAccepted, result.Conditions[0].Reason) : default;

    private static SampleCluster Consumer(SampleCluster cluster, string path, string name = "calls") => cluster.Http(
        $"bank/{name}",
        $"{{matches:[{{path:{{value:'{path}'}}}}],backendRefs:[{{name:'one',namespace:'shop',port:80}}]}}",
        "{group:'',kind:'Service',name:'api',namespace:'shop'}");
}
