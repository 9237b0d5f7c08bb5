using System.Text;
using System.Text.Json.Nodes;
using GatewayMesh.Fixtures.Kubernetes;

namespace GatewayMesh.Registry.Tests.Kubernetes.Stub;

/// <summary>The stub's calls of a mutating webhook, and what becomes of the pod, as recorded.</summary>
public sealed class RecordedAdmissionTests
{
    private const string Pods = "/api/v1/namespaces/shop/pods";

    private ApiServer _server = null!;
    private WebhookStub _webhook = null!;
    private Func<JsonObject, JsonObject?> _answer = Injected;

    [SetUp]
    public async Task Open()
    {
        _answer = Injected;
        _server = await ApiServer.StartAsync();
        _webhook = await WebhookStub.StartAsync("gatewaymesh-control.gatewaymesh.svc", review => _answer(review));
        _server.ServiceAddresses["gatewaymesh/gatewaymesh-control"] = _webhook.Address;
        RecordedState.Namespaces(_server);
        _ = _server.Store.Seed(
            "services", """{"metadata":{"name":"gatewaymesh-control","namespace":"gatewaymesh"},"spec":{"clusterIP":"10.96.200.200"}}""");
    }

    [TearDown]
    public async Task Close()
    {
        await _server.DisposeAsync();
        await _webhook.DisposeAsync();
    }

    [Test]
    public async Task A_pod_is_injected_and_the_webhook_is_asked_as_recorded()
    {
        Configure("/inject");
        var (status, body, warnings) = await PostAsync(Pods, Recording.Exchange("pod-injected.json")["request"]!["body"]!);
        var expected = Recording.Exchange("pod-injected.json")["response"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status, Is.EqualTo(201));
            Assert.That(Named(body), Is.EqualTo(Named(expected["body"]!.ToJsonString())));
            Assert.That(warnings, Is.EqualTo((string?)expected["headers"]!["Warning"]));
            Assert.That(_webhook.Reviews, Has.Count.EqualTo(2), "again after the ServiceAccount plugin");
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Normalized.Of(_webhook.Reviews.First()), Is.EqualTo(Asked("admissionreview-request.json")));
            Assert.That(Normalized.Of(_webhook.Reviews.Last()), Is.EqualTo(Asked("admissionreview-request-reinvoked.json")));
        }
    }

    [Test]
    public async Task A_dry_run_comes_to_the_webhook_and_stores_nothing()
    {
        Configure("/inject");
        var pod = JsonNode.Parse(
            """{"metadata":{"name":"web-dry"},"spec":{"serviceAccountName":"web","containers":[{"name":"app","image":"registry.example/web:1"}]}}""")!;
        var (status, _, _) = await PostAsync(Pods + "?dryRun=All", pod);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status, Is.EqualTo(201));
            Assert.That(Normalized.Of(_webhook.Reviews.First()), Is.EqualTo(Asked("admissionreview-request-dryrun.json")));
            Assert.That(_server.Store.Snapshot(_server.Store.Find("pods")!), Is.Empty);
        }
    }

    [Test]
    public async Task A_denial_has_the_status_of_the_webhook()
    {
        _answer = _ => new JsonObject
        {
            ["allowed"] = false,
            ["status"] = new JsonObject { ["code"] = 422, ["reason"] = "Invalid", ["message"] = "gatewaymesh: port 15001 is taken" },
        };
        await CompareAsync("error-webhook-deny.json", "/deny");
    }

    [Test]
    public async Task A_webhook_that_fails_stops_the_pod()
    {
        _answer = _ => null;
        await CompareAsync("error-webhook-err.json", "/err");
    }

    [Test]
    public async Task A_webhook_that_is_gone_stops_the_pod()
    {
        _server.ServiceAddresses["gatewaymesh/gatewaymesh-control"] = Fixtures.FreePorts.Loopback();
        await CompareAsync("error-webhook-refused.json", "/err");
    }

    [Test]
    public async Task A_webhook_that_fails_may_be_ignored_but_a_denial_not()
    {
        Configure("/inject", "Ignore");
        _answer = _ => null;
        var pod = Recording.Exchange("error-webhook-err.json")["request"]!["body"]!;
        Assert.That((await PostAsync(Pods, pod)).Status, Is.EqualTo(201));
        _answer = _ => new JsonObject { ["allowed"] = false };
        pod["metadata"]!["name"] = "other";
        Assert.That((await PostAsync(Pods, pod)).Status, Is.EqualTo(403));
    }

    [Test]
    public async Task A_namespace_without_the_label_is_not_injected()
    {
        Configure("/inject");
        var (status, _, _) = await PostAsync("/api/v1/namespaces/bank/pods", Recording.Exchange("error-webhook-err.json")["request"]!["body"]!);
        Assert.That((status, _webhook.Reviews.Count), Is.EqualTo((201, 0)));
    }

    // The patch that leads to the recorded pod; nothing for a pod that has it.
    private static JsonObject? Injected(JsonObject review)
    {
        if (review["request"]!["object"]!["metadata"]!["annotations"]?["gatewaymesh.dev/status"] is not null)
        {
            return new JsonObject { ["allowed"] = true };
        }

        var pod = Recording.Exchange("pod-injected.json")["response"]!["body"]!.AsObject();
        var sidecar = pod["spec"]!["initContainers"]![0]!.DeepClone();
        sidecar["volumeMounts"]!.AsArray().RemoveAt(2);
        var patch = new JsonArray(
            Add("/metadata/annotations", pod["metadata"]!["annotations"]!),
            Add("/spec/volumes/-", pod["spec"]!["volumes"]![1]!),
            Add("/spec/volumes/-", pod["spec"]!["volumes"]![2]!),
            Add("/spec/initContainers", new JsonArray(sidecar)));
        return new JsonObject
        {
            ["allowed"] = true,
            ["patchType"] = "JSONPatch",
            ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch.ToJsonString())),
            ["warnings"] = new JsonArray("gatewaymesh: sidecar injected"),
        };
    }

    private static JsonObject Add(string path, JsonNode value) => new() { ["op"] = "add", ["path"] = path, ["value"] = value.DeepClone() };

    private static string Asked(string name) => Normalized.Of(Recording.Exchange(name)["request"]!["body"]);

    // The name of the pod ends at random.
    private static string Named(string body)
    {
        var json = JsonNode.Parse(body)!;
        Assert.That((string?)json["metadata"]!["name"], Does.Match("^web-[a-z0-9]{5}$"));
        json["metadata"]!["name"] = "web-*";
        return Normalized.Of(json);
    }

    private async Task CompareAsync(string name, string path)
    {
        Configure(path);
        var exchange = Recording.Exchange(name);
        var (status, body, _) = await PostAsync(Pods, exchange["request"]!["body"]!);
        Assert.That(Normalized.Of(body), Is.EqualTo(Normalized.Of(exchange["response"]!["body"])));
        Assert.That(status, Is.EqualTo((int)exchange["response"]!["status"]!));
    }

    private void Configure(string path, string policy = "Fail")
    {
        var configuration = Recording.Exchange("webhook-created.json")["response"]!["body"]!.DeepClone().AsObject();
        var webhook = configuration["webhooks"]![0]!;
        webhook["clientConfig"]!["service"]!["path"] = path;
        webhook["clientConfig"]!["caBundle"] = _webhook.Bundle;
        webhook["failurePolicy"] = policy;
        _ = _server.Store.Seed("mutatingwebhookconfigurations", configuration);
    }

    private async Task<(int Status, string Body, string? Warnings)> PostAsync(string path, JsonNode body)
    {
        using var client = _server.CreateClient();
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        var warnings = answer.Headers.NonValidated.TryGetValues("Warning", out var values) ? string.Join(", ", values) : null;
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), warnings);
    }
}
