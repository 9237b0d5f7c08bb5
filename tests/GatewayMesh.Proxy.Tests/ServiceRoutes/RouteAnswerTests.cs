using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Routing.Reports;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.ServiceRoutes;

/// <summary>Routes as clients and operators see them: answers, metrics, copies, and timeouts.</summary>
internal sealed class RouteAnswerTests
{
    private const string ToOne = "backendRefs:[{name:'one',port:80}]";
    private const string Call = "GET /a HTTP/1.1\r\nHost: api\r\n\r\n";

    private static DescribedRequest Described => new(RequestDirection.Outbound, "GET", "api.shop", "/a", []);

    [TestCase("{matches:[{path:{value:'/b'}}]," + ToOne + "}", 404, "no_matching_rule", 12)]
    [TestCase("{backendRefs:[{name:'nobody',port:80}]}", 500, "no_valid_backend", 14)]
    [TestCase("{}", 500, "no_valid_backend", 14)]
    [TestCase("{filters:[{type:'CORS'}]," + ToOne + "}", 500, "rule_refused", 13)]
    [Sentence(18, 20, 28)]
    public async Task An_answer_of_a_route_has_a_reason_in_the_body_and_in_the_metrics(string rule, int status, string reason, int grpc)
    {
        using var backend = Backend.Answering("one");
        await using var mesh = await Start(SampleCluster.Shop.Http("shop/api", rule), backend.HostPort);
        using var client = await RawConnection.To(Api(mesh));
        using var caller = await H2Connection.To(Api(mesh, "grpc"));

        var response = await client.Ask(Call);
        var answer = await caller.Ask(
            Fields.Of(
                (":method", "POST"),
                (":scheme", "http"),
                (":authority", "api"),
                (":path", "/a"),
                ("te", "trailers"),
                ("content-type", "application/grpc")),
            "\0\0\0\0\0");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Status, Is.EqualTo(status));
            Assert.That(response.Body, Does.Contain($"\"error\":\"{reason}\""));
            Assert.That(response["Proxy-Status"], Does.Contain("error=destination_not_found"));
            Assert.That(answer["grpc-status"], Is.EqualTo($"{grpc}"));
            Assert.That(backend.Executed, Is.Zero);
            Assert.That(mesh.Metrics(), Does.Contain($"error=\"{reason}\""));
        }
    }

    [Test, Sentence(29)]
    public async Task The_share_of_an_invalid_backend_is_answered_with_500_and_not_spread()
    {
        using var backend = Backend.Answering("one");
        await using var mesh = await Start(
            SampleCluster.Shop.Http("shop/api", "{backendRefs:[{name:'one',port:80},{name:'nobody',port:80}]}"), backend.HostPort);
        using var client = await RawConnection.To(Api(mesh));
        var failed = 0;
        for (var i = 0; i < 200; i++)
        {
            failed += (await client.Ask(Call)).Status == 500 ? 1 : 0;
        }

        Assert.That(failed, Is.InRange(80, 120), "half of 200, with a seed");
        Assert.That(backend.Executed, Is.EqualTo(200 - failed));
    }

    [Test, Sentence(30)]
    public async Task A_backend_without_endpoints_is_answered_with_503()
    {
        await using var mesh = await Start(SampleCluster.Shop.Empty("shop/one", 80).Http("shop/api", $"{{{ToOne}}}"), Backend.ClosedPort());
        using var client = await RawConnection.To(Api(mesh));

        var response = await client.Ask(Call);

        Assert.That(response.Status, Is.EqualTo(503));
        Assert.That(response.Body, Does.Contain("\"error\":\"no_endpoint\""));
    }

    [Test, Sentence(37)]
    public async Task A_redirect_has_the_fields_that_the_rule_adds()
    {
        await using var mesh = await Start(
            SampleCluster.Shop.Http(
                "shop/api",
                "{filters:[{type:'RequestRedirect',requestRedirect:{hostname:'example.org'}},"
                    + "{type:'ResponseHeaderModifier',responseHeaderModifier:{set:[{name:'x-by',value:'route'}]}}]}"),
            Backend.ClosedPort());
        using var client = await RawConnection.To(Api(mesh));

        var response = await client.Ask(Call);

        Assert.That(
            (response.Status, response["Location"], response["x-by"]), Is.EqualTo((302, "http://example.org/a", "route")));
    }

    [Test, Sentence(39)]
    public async Task A_copy_goes_to_the_instances_of_the_mirrors_backend_whatever_its_routes_are()
    {
        using var one = Backend.Answering("one");
        using var two = Backend.Answering("two");
        await using var mesh = await Start(
            SampleCluster.Shop.Http(
                    "shop/api", $"{{filters:[{{type:'RequestMirror',requestMirror:{{backendRef:{{name:'two',port:80}}}}}}],{ToOne}}}")
                .Http("shop/two", $"{{{ToOne}}}", "{group:'',kind:'Service',name:'two'}"),
            one.HostPort,
            two.HostPort);
        using var client = await RawConnection.To(Api(mesh));

        Assert.That((await client.Ask(Call)).Body, Is.EqualTo("one"));
        Assert.That(SpinWait.SpinUntil(() => two.Executed == 1, RawConnection.Patience));
        Assert.That(one.Executed, Is.EqualTo(1));
    }

    [Test, Sentence(40)]
    public async Task An_attempt_ends_after_the_backends_timeout()
    {
        using var silent = new Backend((_, _) => Task.CompletedTask);
        await using var mesh = await Start(
            SampleCluster.Shop.Http("shop/api", $"{{timeouts:{{backendRequest:'20ms',request:'50ms'}},{ToOne}}}"), silent.HostPort);
        using var client = await RawConnection.To(Api(mesh));

        Assert.That((await client.Ask(Call)).Status, Is.EqualTo(504));
    }

    [Test]
    public async Task Explain_names_the_route_of_each_rule_and_the_cause_of_an_answer()
    {
        await using var mesh = await Start(
            SampleCluster.Shop.Http("shop/api", $"{{matches:[{{path:{{value:'/b'}}}}],{ToOne}}},{{filters:[{{type:'CORS'}}],{ToOne}}}"),
            Backend.ClosedPort());

        var report = mesh.Plane.Inspection.Explain("api.shop", Described);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                report.Rules.Select(rule => (rule.Router, rule.Index, rule.Asks, rule.WhyNot)),
                Is.EqualTo<(string, int, string, string?)>(
                    [
                        ("HTTPRoute shop/api", 0, "path is or is below /b", "path is or is below /b"),
                        ("HTTPRoute shop/api", 1, "everything", null),
                    ]));
            Assert.That(report.Route, Is.EqualTo("HTTPRoute shop/api[1]"));
            Assert.That(report.Error, Is.EqualTo(Proxy.Errors.MeshErrorKind.RuleRefused));
            Assert.That(report.Cause, Is.EqualTo("refused: the filter CORS is not supported here"));
            Assert.That(report.Target, Is.Null);
        }
    }

    [Test]
    public async Task Explain_shows_shares_in_percent_and_the_backend_that_is_not_valid()
    {
        await using var mesh = await Start(
            SampleCluster.Shop.Http("shop/api", "{backendRefs:[{name:'one',port:80,weight:3},{name:'nobody',port:80}]}"),
            Backend.ClosedPort());

        var split = mesh.Plane.Inspection.Explain("api.shop", Described).Splits.Single();

        Assert.That(
            split.Legs.Select(leg => (leg.Weight, leg.To)),
            Is.EqualTo([(7500, "one.shop.default.default"), (2500, "shop/nobody:80 (BackendNotFound)")]));
    }

    private static async Task<Mesh> Start(SampleCluster cluster, HostPort one, HostPort? two = null)
    {
        var mesh = await Mesh.Start();
        mesh.Plane.Apply(cluster.Compile("shop", (service, _) => [service.Name == "two" && two is not null ? two : one]));
        return mesh;
    }

    private static IPEndPoint Api(Mesh mesh, string name = "api") =>
        mesh.Open(ListenerKind.Upstream, $"upstream/{name}", spec => spec with { Service = "web", Upstream = "api.shop" });
}
