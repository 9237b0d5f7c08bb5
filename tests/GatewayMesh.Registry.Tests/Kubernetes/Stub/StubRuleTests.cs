using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GatewayMesh.Fixtures;
using GatewayMesh.Fixtures.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Kubernetes.Stub;

/// <summary>Rules of a real API server that no recording shows, and the rights of a mesh.</summary>
public sealed class StubRuleTests
{
    private const string Services = "/api/v1/services";
    private const string Gateways = "/apis/gateway.networking.k8s.io/v1";

    private FakeTimeProvider _time = null!;
    private ApiServer _server = null!;
    private HttpClient _client = null!;

    [SetUp]
    public async Task Open()
    {
        _time = new FakeTimeProvider();
        _server = await ApiServer.StartAsync(new ApiServerOptions { Time = _time });
        _server.AddNamespace("shop");
        _ = _server.Store.Seed("services", """{"metadata":{"name":"api","namespace":"shop","labels":{"team":"a"}},"spec":{}}""");
        _client = _server.CreateClient();
    }

    [TearDown]
    public async Task Close()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [TestCase("?resourceVersion=abc", 400)]
    [TestCase("?resourceVersionMatch=Exact", 422)]
    [TestCase("?resourceVersion=0&resourceVersionMatch=Exact", 422)]
    [TestCase("?limit=1&continue=eyJydiI6MTAxLCJzdGFydCI6IngifQ&resourceVersion=1", 400)]
    [TestCase("?fieldSelector=spec.foo%3Dx", 400)]
    [TestCase("?watch=true&resourceVersion=abc", 500)]
    [TestCase("?watch=true&sendInitialEvents=true", 422)]
    [TestCase("?watch=true&resourceVersionMatch=NotOlderThan", 422)]
    [TestCase("?resourceVersion=0&limit=1", 200)]
    [TestCase("?fieldSelector=metadata.name%3Dapi", 200)]
    public async Task A_list_or_watch_with_these_parameters_has_this_status(string query, int status)
    {
        using var answer = await _client.GetAsync(new Uri(Services + query, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
    }

    [TestCase("team=a", 1)]
    [TestCase("team!=a", 0)]
    [TestCase("team in (a, b)", 1)]
    [TestCase("team notin (a,b)", 0)]
    [TestCase("team", 1)]
    [TestCase("!team", 0)]
    [TestCase("team=a,tier=x", 0)]
    public async Task A_label_selector_selects(string selector, int count)
    {
        var list = JsonNode.Parse(await _client.GetStringAsync(
            new Uri($"{Services}?labelSelector={Uri.EscapeDataString(selector)}", UriKind.Relative)))!;
        Assert.That(list["items"]!.AsArray(), Has.Count.EqualTo(count));
    }

    [Test]
    public async Task A_watch_without_bookmarks_has_no_line_that_ends_its_start()
    {
        using var reader = new StreamReader(await _client.GetStreamAsync(new Uri(
            $"{Services}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=70", UriKind.Relative)));
        Assert.That(await reader.ReadLineAsync(), Does.Contain("ADDED"));
        var next = reader.ReadLineAsync();
        while (!next.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _ = await Task.WhenAny(next, Task.Delay(5));
        }

        Assert.That(await next, Is.Null);
    }

    [Test]
    public async Task A_write_that_changes_nothing_is_no_event()
    {
        var before = _server.Store.Version;
        using var content = new StringContent("""{"metadata":{"labels":{"team":"a"}}}""", Encoding.UTF8, "application/merge-patch+json");
        using var first = await _client.PatchAsync(new Uri("/api/v1/namespaces/shop/services/api", UriKind.Relative), content);
        var defaulted = _server.Store.Version;
        using var again = await _client.PatchAsync(new Uri("/api/v1/namespaces/shop/services/api", UriKind.Relative), content);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(defaulted, Is.EqualTo(before + 1), "the defaults of a seeded object");
            Assert.That(_server.Store.Version, Is.EqualTo(defaulted));
        }
    }

    [Test]
    public async Task A_create_in_a_namespace_that_does_not_exist_is_404()
    {
        using var content = new StringContent("""{"metadata":{"name":"x"}}""", Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync(new Uri("/api/v1/namespaces/nope/configmaps", UriKind.Relative), content);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("namespaces \\\"nope\\\" not found").Or.Contain("namespaces \\u0022nope\\u0022"));
    }

    [TestCase("gateway.networking.k8s.io", "v1")]
    [TestCase("gatewaymesh.dev", "v1alpha1")]
    public async Task A_group_names_its_versions_until_its_last_kind_is_gone(string group, string version)
    {
        var path = new Uri($"/apis/{group}", UriKind.Relative);
        var found = JsonNode.Parse(await _client.GetStringAsync(path))!;
        Assert.That((string?)found["preferredVersion"]!["groupVersion"], Is.EqualTo($"{group}/{version}"));
        foreach (var plural in new[]
        {
            "gatewayclasses", "gateways", "httproutes", "grpcroutes", "tcproutes", "tlsroutes", "udproutes", "referencegrants",
            "backendtlspolicies", "listenersets", "servicepolicies", "authorizationpolicies", "featureflags",
        })
        {
            _server.Store.Uninstall(plural);
        }

        using var gone = await _client.GetAsync(path);
        Assert.That(gone.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_body_over_3_MiB_is_413()
    {
        using var content = new StringContent(new string(' ', (3 * 1024 * 1024) + 1), Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync(new Uri("/api/v1/namespaces/shop/configmaps", UriKind.Relative), content);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [TestCase("sidecar", "GET", "/api/v1/services", 200)]
    [TestCase("sidecar", "GET", "/apis/discovery.k8s.io/v1/endpointslices", 200)]
    [TestCase("sidecar", "GET", Gateways + "/httproutes", 200)]
    [TestCase("sidecar", "GET", "/apis/gatewaymesh.dev/v1alpha1/servicepolicies", 200)]
    [TestCase("sidecar", "GET", "/api/v1/namespaces/shop/services/api", 403)]
    [TestCase("sidecar", "GET", "/api/v1/namespaces/shop/secrets", 403)]
    [TestCase("sidecar", "GET", Gateways + "/gateways", 403)]
    [TestCase("sidecar", "GET", "/api/v1/nodes", 403)]
    [TestCase("sidecar", "GET", "/api/v1/pods", 403)]
    [TestCase("sidecar", "POST", "/apis/authentication.k8s.io/v1/tokenreviews", 403)]
    [TestCase("gateway", "GET", "/api/v1/services", 200)]
    [TestCase("gateway", "GET", Gateways + "/gateways", 200)]
    [TestCase("gateway", "GET", "/api/v1/namespaces", 200)]
    [TestCase("gateway", "GET", "/api/v1/pods", 403)]
    [TestCase("gateway", "GET", "/api/v1/namespaces/shop/secrets/shop-tls", 404)]
    [TestCase("gateway", "GET", "/api/v1/namespaces/shop/secrets?fieldSelector=metadata.name%3Dshop-tls", 200)]
    [TestCase("gateway", "GET", "/api/v1/namespaces/shop/secrets", 403)]
    [TestCase("gateway", "GET", "/api/v1/namespaces/bank/secrets/shop-tls", 403)]
    [TestCase("control", "GET", "/api/v1/pods", 200)]
    [TestCase("control", "POST", "/apis/authentication.k8s.io/v1/tokenreviews", 201)]
    [TestCase("control", "GET", "/api/v1/namespaces/shop/secrets/shop-tls", 403)]
    [TestCase("control", "GET", "/apis/coordination.k8s.io/v1/namespaces/gatewaymesh/leases/gatewaymesh-control", 404)]
    [TestCase("control", "GET", "/apis/coordination.k8s.io/v1/namespaces/gatewaymesh/leases/other", 403)]
    [TestCase("control", "GET", "/apis/coordination.k8s.io/v1/namespaces/shop/leases/gatewaymesh-control", 403)]
    [TestCase("control", "DELETE", "/api/v1/namespaces/shop/pods/api-1", 403)]
    public async Task The_rights_of_a_mesh_are_those_verified_on_a_cluster(string account, string method, string path, int status)
    {
        foreach (var right in MeshRights.Sidecar()
            .Concat(MeshRights.Ingress("system:serviceaccount:gatewaymesh:gatewaymesh-gateway", "shop", "shop-tls"))
            .Concat(MeshRights.Control("system:serviceaccount:gatewaymesh:gatewaymesh-control")))
        {
            _server.Rights.Add(right);
        }

        _server.Accounts["sidecar"] = ApiAccount.Service("shop", "api");
        _server.Accounts["gateway"] = ApiAccount.Service("gatewaymesh", "gatewaymesh-gateway");
        _server.Accounts["control"] = ApiAccount.Service("gatewaymesh", "gatewaymesh-control");
        using var client = _server.CreateClient(account);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (method == "POST")
        {
            request.Content = new StringContent("""{"spec":{"token":"x"}}""", Encoding.UTF8, "application/json");
        }

        using var answer = await client.SendAsync(request);
        Assert.That((int)answer.StatusCode, Is.EqualTo(status), await answer.Content.ReadAsStringAsync());
    }

    [TestCase("list", "services", true)]
    [TestCase("get", "services", false)]
    public async Task An_account_may_ask_for_its_own_rights(string verb, string resource, bool allowed)
    {
        foreach (var right in MeshRights.Sidecar())
        {
            _server.Rights.Add(right);
        }

        _server.Accounts["sidecar"] = ApiAccount.Service("shop", "api");
        using var client = _server.CreateClient("sidecar");
        using var content = new StringContent(
            $$$$"""{"spec":{"resourceAttributes":{"verb":"{{{{verb}}}}","resource":"{{{{resource}}}}"}}}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(
            new Uri("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", UriKind.Relative), content);
        var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!;
        Assert.That((answer.StatusCode, (bool)status["allowed"]!), Is.EqualTo((HttpStatusCode.Created, allowed)));
    }

    [Test]
    public async Task A_token_for_another_audience_is_no_token_for_the_API_and_is_bound_to_its_pod()
    {
        _ = _server.Store.Seed("serviceaccounts", """{"metadata":{"name":"api","namespace":"shop"}}""");
        _ = _server.Store.Seed("pods", """{"metadata":{"name":"p","namespace":"shop","uid":"u1"},"spec":{"serviceAccountName":"api"}}""");
        var good = await TokenAsync("api", """{"kind":"Pod","apiVersion":"v1","name":"p","uid":"u1"}""");
        using var client = _server.CreateClient((string)good.Body["status"]!["token"]!);
        using var asked = await client.GetAsync(new Uri(Services, UriKind.Relative));
        var wrongUid = await TokenAsync("api", """{"kind":"Pod","apiVersion":"v1","name":"p","uid":"u2"}""");
        _ = _server.Store.Seed("serviceaccounts", """{"metadata":{"name":"other","namespace":"shop"}}""");
        var wrongAccount = await TokenAsync("other", """{"kind":"Pod","apiVersion":"v1","name":"p","uid":"u1"}""");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(good.Status, Is.EqualTo(201));
            Assert.That(asked.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(wrongUid.Status, Is.EqualTo(409));
            Assert.That(wrongAccount.Status, Is.EqualTo(400));
        }
    }

    private async Task<(int Status, JsonNode Body)> TokenAsync(string account, string pod)
    {
        using var content = new StringContent(
            $$$"""{"spec":{"audiences":["gatewaymesh"],"expirationSeconds":600,"boundObjectRef":{{{pod}}} }}""", Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync(
            new Uri($"/api/v1/namespaces/shop/serviceaccounts/{account}/token", UriKind.Relative), content);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }
}
