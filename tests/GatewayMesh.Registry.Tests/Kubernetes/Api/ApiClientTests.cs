using System.Text.Json.Nodes;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Fixtures;
using GatewayMesh.Fixtures.Kubernetes;
using GatewayMesh.Registry.Kubernetes.Access;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Objects;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Kubernetes.Api;

/// <summary>The client against the stub, over HTTPS.</summary>
public sealed class ApiClientTests
{
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces/gatewaymesh/leases";

    private static readonly ApiResource<PartialObject> Services = new("", "v1", "services", ApiJson.Default.PartialObject);

    private readonly List<string> _warnings = [];
    private TemporaryFolder _folder = null!;
    private ApiServer _server = null!;
    private FakeTimeProvider _time = null!;

    [SetUp]
    public async Task Open()
    {
        _warnings.Clear();
        (_folder, _time) = (new TemporaryFolder(), new FakeTimeProvider());
        _server = await ApiServer.StartAsync();
        _server.AddNamespace("shop");
        _server.AddNamespace("gatewaymesh");
    }

    [TearDown]
    public async Task Close()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task A_list_has_the_objects_of_all_pages_at_one_version()
    {
        for (var index = 0; index < 23; index++)
        {
            _ = _server.Store.Seed("services", $$$"""{"metadata":{"name":"s{{{index}}}","namespace":"shop"},"spec":{}}""");
        }

        using var client = Client();
        var list = await client.ListAsync(Services, new ApiSelection { Namespace = "shop" }, CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.Value!.Items.Select(item => item.Metadata.Name).Distinct().Count(), Is.EqualTo(23));
            Assert.That(list.Value.ResourceVersion, Is.EqualTo($"{_server.Store.Version}"));
            Assert.That(_server.Calls, Has.Count.EqualTo(3));
            Assert.That(_server.Calls.Last().Protocol, Is.EqualTo("HTTP/2"));
            Assert.That(_server.Calls.Last().Agent, Is.EqualTo("gatewaymesh-test/1"));
        }
    }

    [Test]
    public async Task A_large_list_comes_compressed()
    {
        for (var index = 0; index < 10; index++)
        {
            _ = _server.Store.Seed(
                "services", $$$$"""{"metadata":{"name":"s{{{{index}}}}","namespace":"shop","annotations":{"a":"{{{{new string('x', 50_000)}}}}"}}}""");
        }

        using var client = Client();
        var list = await client.ListAsync(Services, ApiSelection.All, CancellationToken.None);
        Assert.That(list.Value!.Items.All(item => item.Metadata.Annotations["a"].Length == 50_000), Is.True);
    }

    [Test]
    public async Task Metadata_only_lists_have_metadata_only()
    {
        using var client = Client();
        var namespaces = new ApiResource<PartialObject>("", "v1", "namespaces", ApiJson.Default.PartialObject) { IsMetadataOnly = true };
        var list = await client.ListAsync(namespaces, ApiSelection.All, CancellationToken.None);
        Assert.That(list.Value!.Items.Select(item => item.Kind).Distinct(), Is.EqualTo(["PartialObjectMetadata"]));
    }

    [Test]
    public async Task A_lease_is_created_renewed_and_lost_as_at_a_real_server()
    {
        using var client = Client();
        var created = await PostAsync(client, Leases, Recording.Exchange("lease-create.json")["request"]!["body"]!);
        var again = await PostAsync(client, Leases, Recording.Exchange("lease-create.json")["request"]!["body"]!);
        var renewed = created.Value!.DeepClone().AsObject();
        renewed["spec"]!["renewTime"] = KubernetesMicroTimeConverter.Text(new DateTimeOffset(2026, 1, 1, 0, 0, 9, TimeSpan.Zero));
        var good = await PutAsync(client, Leases + "/gatewaymesh-control", renewed);
        var stale = await PutAsync(client, Leases + "/gatewaymesh-control", renewed);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.Error!.Reason, Is.EqualTo("AlreadyExists"));
            Assert.That((string?)good.Value!["spec"]!["renewTime"], Is.EqualTo("2026-01-01T00:00:09.000000Z"));
            Assert.That((stale.Error!.Code, stale.Error.Reason), Is.EqualTo((409, "Conflict")));
        }

        renewed["spec"]!["renewTime"] = "2026-01-01T00:00:09Z";
        Assert.That((await PutAsync(client, Leases + "/gatewaymesh-control", renewed)).Error!.Code, Is.EqualTo(400), "six decimals");
    }

    [Test]
    public async Task Patches_change_an_object_and_a_delete_removes_it()
    {
        using var client = Client();
        const string Path = "/api/v1/namespaces/shop/configmaps";
        _ = await PostAsync(client, Path, JsonNode.Parse("""{"metadata":{"name":"roots"},"data":{"a":"1","b":"2"}}""")!);
        var merged = await client.PatchAsync(
            Path + "/roots",
            ApiPatch.Merge,
            JsonNode.Parse("""{"data":{"a":null,"c":"3"}}""")!.AsObject(),
            ApiJson.Default.JsonObject,
            ApiJson.Default.JsonObject,
            CancellationToken.None);
        Assert.That(merged.Value!["data"]!.ToJsonString(), Is.EqualTo("""{"b":"2","c":"3"}"""));
        Assert.That(await client.DeleteAsync(Path + "/roots", CancellationToken.None), Is.Null);
        Assert.That((await client.DeleteAsync(Path + "/roots", CancellationToken.None))!.Code, Is.EqualTo(404));
    }

    [Test]
    public async Task The_same_apply_again_is_no_write_and_another_manager_is_a_conflict()
    {
        _ = _server.Store.Seed("servicepolicies", """{"metadata":{"name":"api","namespace":"shop","generation":1},"spec":{}}""");
        using var client = Client();
        const string Path = "/apis/gatewaymesh.dev/v1alpha1/namespaces/shop/servicepolicies/api/status";
        Task<ApiResult<JsonObject>> Apply(string manager, string status, bool force) => client.ApplyAsync(
            Path,
            manager,
            force,
            JsonNode.Parse(
                $$$$"""{"apiVersion":"gatewaymesh.dev/v1alpha1","kind":"ServicePolicy","metadata":{"name":"api"},"status":{"conditions":[{"type":"Accepted","status":"{{{{status}}}}","reason":"R","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""")!.AsObject(),
            ApiJson.Default.JsonObject,
            ApiJson.Default.JsonObject,
            CancellationToken.None);

        var first = await Apply("control", "True", force: false);
        var version = _server.Store.Version;
        Assert.That(first.Error, Is.Null);
        Assert.That((await Apply("control", "True", force: false)).IsOk, Is.True);
        Assert.That(_server.Store.Version, Is.EqualTo(version), "the same content");
        var other = await Apply("other", "False", force: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(other.Error!.Reason, Is.EqualTo("Conflict"));
            Assert.That(other.Error.Causes[0].Reason, Is.EqualTo("FieldManagerConflict"));
            Assert.That(other.Error.Causes[0].Field, Is.EqualTo(".status.conditions[type=\"Accepted\"].status"));
        }

        Assert.That((await Apply("other", "False", force: true)).IsOk, Is.True);
    }

    [Test]
    public async Task A_forced_apply_of_the_parents_of_a_route_deletes_those_of_others()
    {
        _ = _server.Store.Seed("httproutes", """{"metadata":{"name":"api","namespace":"shop","generation":1},"spec":{}}""");
        using var client = Client();
        Task<ApiResult<JsonObject>> Apply(string manager, bool force) => client.ApplyAsync(
            "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/api/status",
            manager,
            force,
            JsonNode.Parse(
                $$$$"""{"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"api"},"status":{"parents":[{"controllerName":"{{{{manager}}}}/c"}]}}""")!.AsObject(),
            ApiJson.Default.JsonObject,
            ApiJson.Default.JsonObject,
            CancellationToken.None);

        _ = await Apply("one", force: false);
        Assert.That((await Apply("two", force: false)).Error!.Code, Is.EqualTo(409));
        var forced = await Apply("two", force: true);
        Assert.That(forced.Value!["status"]!["parents"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task An_error_has_all_causes_and_the_audit_id()
    {
        using var client = Client();
        var result = await PostAsync(client, "/api/v1/namespaces/shop/services", Recording.Exchange("error-422-service.json")["request"]!["body"]!);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((result.Error!.Code, result.Error.Reason), Is.EqualTo((422, "Invalid")));
            Assert.That(result.Error.Causes.Select(cause => cause.Field), Is.EqualTo(["metadata.name", "spec.ports[0].port", "spec.ports[0].targetPort"]));
            Assert.That(result.Error.Describe(), Does.Match(@"^422 Service ""Bad_Name"" is invalid: .* \(audit id 00000000-0000-4000-9000-\w{12}\)$"));
        }
    }

    [Test]
    public async Task Plain_texts_are_errors_too()
    {
        using var client = Client();
        var missing = await client.GetAsync("/apis/gatewaymesh.dev/v9/servicepolicies", ApiJson.Default.JsonObject, CancellationToken.None);
        _server.Faults.Answer = _ => ApiFailureException.TooManyRequests(7);
        var busy = await client.GetAsync("/api/v1/services", ApiJson.Default.JsonObject, CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((missing.Error!.Code, missing.Error.Message, missing.Error.IsStatus), Is.EqualTo((404, "404 page not found", false)));
            Assert.That((busy.Error!.Code, busy.Error.RetryAfter), Is.EqualTo((429, (TimeSpan?)TimeSpan.FromSeconds(7))));
        }
    }

    [Test]
    public async Task Warnings_are_reported()
    {
        using var client = Client();
        var route = JsonNode.Parse(
            """{"metadata":{"name":"r"},"spec":{"parentRefs":[{"group":"","kind":"Service","name":"api"}],"rules":[{"retry":{"attempts":3}}]}}""")!;
        var created = await PostAsync(client, "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes", route);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(created.Value!["spec"]!["rules"]![0]!["retry"], Is.Null);
            Assert.That(_warnings, Is.EqualTo(["unknown field \"spec.rules[0].retry\""]));
        }
    }

    [Test]
    public async Task A_refused_token_is_read_again_and_the_request_sent_once_more()
    {
        _server.WriteServiceAccount(_folder.Path, "old", "shop");
        var access = Access() with
        {
            Credentials = new TokenFile(_folder["token"], ApiCredential.None, _time),
        };
        using var client = Client(access);
        _server.Accounts["old"] = ApiAccount.Admin;
        Assert.That((await client.ListAsync(Services, ApiSelection.All, CancellationToken.None)).IsOk, Is.True);
        _ = _server.Accounts.TryRemove("old", out _);
        var refused = await client.ListAsync(Services, ApiSelection.All, CancellationToken.None);
        Assert.That((refused.Error!.Code, _server.Calls.Count), Is.EqualTo((401, 2)), "the same token is not sent twice");
        _folder.Write("token", ApiServer.AdminToken);
        Assert.That((await client.ListAsync(Services, ApiSelection.All, CancellationToken.None)).IsOk, Is.True);
        Assert.That(_server.Calls, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Only_the_given_roots_and_the_right_name_are_trusted()
    {
        using var other = new TestAuthority(named: false);
        var good = Access();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await ErrorOf(good with { Roots = PemSource.OfText(other.RootPem) }), Does.Contain("cannot be reached"));
            Assert.That(await ErrorOf(good with { ServerName = "elsewhere.example" }), Does.Contain("cannot be reached"));
            Assert.That(await ErrorOf(good with { ServerName = "kubernetes.default.svc" }), Is.Null);
            Assert.That(await ErrorOf(good with { Roots = null }), Does.Contain("cannot be reached"));
            Assert.That(await ErrorOf(good with { Roots = null, IsInsecure = true }), Is.Null);
            Assert.That(await ErrorOf(good with { Roots = PemSource.OfFile("/nowhere/ca.crt") }), Does.Contain("/nowhere/ca.crt"));
            Assert.That(await ErrorOf(good with { Roots = PemSource.OfText("-----BEGIN NOTHING") }), Does.Contain("has no certificate"));
        }
    }

    [Test]
    public async Task New_roots_are_used_without_a_restart()
    {
        using var other = new TestAuthority(named: false);
        _folder.Write("ca.crt", other.RootPem);
        using var client = Client(Access() with { Roots = PemSource.OfFile(_folder["ca.crt"]) });
        Assert.That((await client.ListAsync(Services, ApiSelection.All, CancellationToken.None)).IsOk, Is.False);
        _folder.Write("ca.crt", other.RootPem + _server.Authority.RootPem);
        Assert.That((await client.ListAsync(Services, ApiSelection.All, CancellationToken.None)).IsOk, Is.True);
    }

    [Test]
    public async Task A_server_that_does_not_answer_is_an_error_after_the_timeout()
    {
        _server.Faults.Hangs = _ => true;
        using var client = Client();
        var asked = client.GetAsync("/api/v1/services", ApiJson.Default.JsonObject, CancellationToken.None);
        await Eventually.Until("the request has arrived", () => _server.Calls.Count == 1);
        _time.Advance(TimeSpan.FromSeconds(35));
        Assert.That((await asked).Error!.Reason, Is.EqualTo(ApiError.NoAnswer));
    }

    [Test]
    public async Task A_server_that_is_gone_is_an_error()
    {
        await _server.KillAsync();
        Assert.That(await ErrorOf(Access()), Does.StartWith($"127.0.0.1:{_server.Address.Port} cannot be reached: "));
    }

    [Test]
    public async Task Rights_are_those_of_the_account()
    {
        _server.Accounts["sidecar"] = ApiAccount.Service("shop", "web");
        _server.Rights.Add(new ApiRight("system:serviceaccounts", "", ["services"], ["list", "watch"]));
        _server.Rights.Add(new ApiRight("system:serviceaccount:shop:web", "", ["secrets"], ["get", "list"]) { Namespace = "shop", Names = ["tls"] });
        using var client = Client(Access() with { Credentials = new FixedCredential(new ApiCredential { Token = "sidecar" }) });
        var secrets = new ApiResource<PartialObject>("", "v1", "secrets", ApiJson.Default.PartialObject);
        var shop = new ApiSelection { Namespace = "shop" };
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await client.ListAsync(Services, ApiSelection.All, CancellationToken.None)).IsOk, Is.True);
            Assert.That((await client.ListAsync(secrets, shop, CancellationToken.None)).Error!.Code, Is.EqualTo(403));
            Assert.That((await client.ListAsync(secrets, shop with { Fields = "metadata.name=tls" }, CancellationToken.None)).IsOk, Is.True);
            Assert.That(
                (await client.GetAsync("/api/v1/namespaces/shop/services/api", ApiJson.Default.JsonObject, CancellationToken.None)).Error!.Reason,
                Is.EqualTo("Forbidden"));
        }
    }

    [Test]
    public async Task A_kubeconfig_of_the_stub_reaches_it()
    {
        var errors = new ConfigErrors();
        var access = AccessReader.Read(_server.WriteKubeconfig(_folder.Path, space: "shop"), errors, _time);
        using var client = Client(access!);
        Assert.That(client.Namespace, Is.EqualTo("shop"));
        Assert.That((await client.ListAsync(Services, ApiSelection.All, CancellationToken.None)).IsOk, Is.True);
    }

    private static Task<ApiResult<JsonObject>> PostAsync(ApiClient client, string path, JsonNode body) =>
        client.PostAsync(path, body.AsObject(), ApiJson.Default.JsonObject, ApiJson.Default.JsonObject, CancellationToken.None);

    private static Task<ApiResult<JsonObject>> PutAsync(ApiClient client, string path, JsonNode body) =>
        client.PutAsync(path, body.AsObject(), ApiJson.Default.JsonObject, ApiJson.Default.JsonObject, CancellationToken.None);

    private async Task<string?> ErrorOf(ApiAccess access)
    {
        using var client = Client(access);
        return (await client.ListAsync(Services, ApiSelection.All, CancellationToken.None)).Error?.Describe();
    }

    private ApiAccess Access() => new()
    {
        Server = _server.Address,
        Roots = PemSource.OfText(_server.Authority.RootPem),
        Credentials = new FixedCredential(new ApiCredential { Token = ApiServer.AdminToken }),
    };

    private ApiClient Client(ApiAccess? access = null) =>
        new(access ?? Access(), new ApiClientOptions("gatewaymesh-test/1", _time) { PageSize = 10, Warned = _warnings.Add });
}
