using System.Text.Json;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;
using GatewayMesh.Registry.Kubernetes.Routes;

namespace GatewayMesh.Proxy.Tests.ServiceRoutes;

/// <summary>References to backends, and their shares.</summary>
internal sealed class RouteBackendTests
{
    [Test, Sentence(27)]
    public void Shares_are_weights_over_their_sum_with_1_as_the_default_and_none_for_0() =>
        Assert.That(
            SampleCluster.Shop.Http(
                "shop/api", "{backendRefs:[{name:'one',port:80},{name:'two',port:80,weight:3},{name:'api',port:80,weight:0}]}").Routes()
                .End("api.shop"),
            Is.EqualTo("1 one.shop, 3 two.shop"));

    [Test, Sentence(28)]
    public void A_rule_whose_weights_are_all_0_is_answered_with_500() =>
        Assert.That(End("{name:'one',port:80,weight:0},{name:'two',port:80,weight:0}"), Is.EqualTo("500 no_valid_backend"));

    [Test, Sentence(28)]
    public void A_rule_without_a_valid_backend_is_answered_with_500() =>
        Assert.That(End("{name:'nobody',port:80}"), Is.EqualTo("500 no_valid_backend"));

    [TestCase("{name:'nobody',port:80,weight:30}", "BackendNotFound")]
    [TestCase("{name:'two',port:81,weight:30}", "BackendNotFound")]
    [TestCase("{name:'two',weight:30}", "BackendNotFound")]
    [TestCase("{name:'two',port:80,weight:30,kind:'ServiceImport'}", "InvalidKind")]
    [TestCase("{name:'two',port:80,weight:30,group:'example.org'}", "InvalidKind")]
    [Sentence(29)]
    public void An_invalid_backend_keeps_its_share_which_is_answered_with_500(string backend, string reason)
    {
        var cluster = SampleCluster.Shop.Http("shop/api", $"{{backendRefs:[{{name:'one',port:80,weight:70}},{backend}]}}");

        Assert.That(cluster.Routes().End("api.shop"), Is.EqualTo("70 one.shop, 30 500 no_valid_backend"));
        Assert.That(Resolved(cluster), Is.EqualTo((false, reason)));
        Assert.That(cluster.Translate().Results.Single().IsAccepted);
    }

    [Test, Sentence(30)]
    public void A_backend_without_endpoints_keeps_its_share_and_has_no_instance() =>
        Assert.That(
            SampleCluster.Shop.Empty("shop/two", 80).Http("shop/api", "{backendRefs:[{name:'two',port:80}]}").Routes()
                .Leaf("api.shop").Targets[0].Instances.All,
            Is.Empty);

    [Test, Sentence(31)]
    public void A_route_of_a_Service_needs_no_grant_for_a_backend_in_another_namespace()
    {
        var cluster = SampleCluster.Shop.Service("bank/ledger", 80)
            .Http("shop/api", "{backendRefs:[{name:'ledger',namespace:'bank',port:80}]}");

        Assert.That((cluster.Routes().End("api.shop"), Resolved(cluster)), Is.EqualTo(("ledger.bank", (true, "ResolvedRefs"))));
    }

    [TestCase("HTTPRoute", "shop", "kind:'Service'", true)]
    [TestCase("HTTPRoute", "shop", "kind:'Service',name:'ledger'", true)]
    [TestCase("HTTPRoute", "shop", "kind:'Service',name:'other'", false)]
    [TestCase("HTTPRoute", "post", "kind:'Service'", false)]
    [TestCase("GRPCRoute", "shop", "kind:'Service'", false)]
    [TestCase("HTTPRoute", "shop", "kind:'Secret'", false)]
    [Sentence(31, 32)]
    public void A_grant_lies_in_the_namespace_of_the_target_and_names_both_sides(string kind, string from, string to, bool isAllowed)
    {
        var spec = $"from:[{{group:'gateway.networking.k8s.io',kind:'{kind}',namespace:'{from}'}}],to:[{{group:'',{to}}}]";
        ReferenceGrant grant = GrantOf("bank", spec), elsewhere = GrantOf("shop", spec);
        var grants = new ReferenceGrants([GrantOf("bank", "from:[],to:[]"), grant, elsewhere]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(grants.Allow("HTTPRoute", "shop", "bank", "ledger"), Is.EqualTo(isAllowed), "several are alternatives");
            Assert.That(new ReferenceGrants([elsewhere]).Allow("HTTPRoute", "shop", "bank", "ledger"), Is.False, "not of that namespace");
            Assert.That(new ReferenceGrants([]).Allow("HTTPRoute", "shop", "shop", "ledger"), "the same namespace");
        }
    }

    [Test, Sentence(33)]
    public void The_port_of_a_backend_is_that_of_its_Service() =>
        Assert.That(
            SampleCluster.Shop.Service("shop/two", 80, 8080).Http(
                "shop/api", "{backendRefs:[{name:'two',port:8080}]}").Routes().End("api.shop"),
            Is.EqualTo("two.shop:8080"));

    [TestCase("", "two.shop")]
    [TestCase("http", "two.shop")]
    [TestCase("kubernetes.io/h2c", "two.shop")]
    [TestCase("kubernetes.io/ws", "two.shop")]
    [TestCase("example.org/own", "two.shop")]
    [TestCase("kubernetes.io/wss", "500 no_valid_backend")]
    [TestCase("https", "500 no_valid_backend")]
    [Sentence(34)]
    public void A_protocol_that_cannot_be_carried_makes_the_reference_invalid(string protocol, string end)
    {
        var cluster = SampleCluster.Shop.Service(SampleCluster.ServiceOf("shop/two") with
        {
            Ports = [new MeshServicePort(80) { AppProtocol = protocol }],
        }).Http("shop/api", "{backendRefs:[{name:'two',port:80}]}");

        Assert.That(cluster.Routes().End("api.shop"), Is.EqualTo(end));
        Assert.That(Resolved(cluster).Reason, Is.EqualTo(end == "two.shop" ? "ResolvedRefs" : "UnsupportedProtocol"));
    }

    [Test, Sentence(45)]
    public void A_gRPC_backend_of_weight_0_need_not_exist() =>
        Assert.That(
            SampleCluster.Shop.Grpc(
                "shop/api",
                "{backendRefs:[{name:'one',port:80,weight:70},{name:'two',port:80,weight:30},{name:'three',port:80,weight:0}]}").Routes()
                .End("api.shop", "/a.B/C", "POST"),
            Is.EqualTo("70 one.shop, 30 two.shop"));

    [Test]
    public void An_ExternalName_is_no_backend() =>
        Assert.That(
            Resolved(
                SampleCluster.Shop.Service(SampleCluster.ServiceOf("shop/two") with
                {
                    IsExternalName = true,
                    Ports = [new MeshServicePort(80)],
                }).Http("shop/api", "{backendRefs:[{name:'two',port:80}]}")),
            Is.EqualTo((false, "InvalidKind")));

    private static string End(string backends) =>
        SampleCluster.Shop.Http("shop/api", $"{{backendRefs:[{backends}]}}").Routes().End("api.shop");

    private static (bool IsResolved, string Reason) Resolved(SampleCluster cluster) =>
        cluster.Translate().Results.Single().Conditions.Single(condition => condition.Type == "ResolvedRefs") is var found
            ? (found.IsTrue, found.Reason)
            : default;

    private static ReferenceGrant GrantOf(string space, string spec) => JsonSerializer.Deserialize(
        SampleCluster.Quoted($"{{metadata:{{name:'grant',namespace:'{space}'}},spec:{{{spec}}}}}"),
        RouteObjectJson.Default.ReferenceGrant)!;
}
