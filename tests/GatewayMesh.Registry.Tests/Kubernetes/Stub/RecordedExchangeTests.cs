using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GatewayMesh.Fixtures.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Kubernetes.Stub;

/// <summary>
/// The stub against the recordings of a real API server: the same request to the same state gives the same status, headers, and body, but
/// for versions, ids, and times.
/// </summary>
public sealed class RecordedExchangeTests
{
    /// <summary>Recordings that are not compared here, each with its reason.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["admissionreview-request.json"] = "RecordedAdmissionTests",
        ["admissionreview-request-dryrun.json"] = "RecordedAdmissionTests",
        ["admissionreview-request-reinvoked.json"] = "RecordedAdmissionTests",
        ["admissionreview-response.json"] = "an answer of a webhook, not of the API server; its form is that of RecordedAdmissionTests",
        ["pod-injected.json"] = "RecordedAdmissionTests",
        ["error-webhook-deny.json"] = "RecordedAdmissionTests",
        ["error-webhook-err.json"] = "RecordedAdmissionTests",
        ["error-webhook-refused.json"] = "RecordedAdmissionTests",
        ["error-422-pod-immutable.json"] = "its message has a diff of Go structures; A_pod_refuses_other_changes_than_images compares the rest",
        ["error-422-servicepolicy.json"] = "the stub has no schema and no CEL",
        ["error-429-eviction.json"] = "the stub has no evictions and no disruption budgets",
        ["list-services-managedfields.json"] = "the stub knows the owners of fields but does not show them",
        ["list-services-page2.json"] = "needs the token of page 1: The_second_page_continues_the_first",
    };

    /// <summary>State of the stub before the request. Recordings without an entry need none.</summary>
    private static readonly Dictionary<string, Action<ApiServer>> States = new()
    {
        ["delete-service.json"] = server => RecordedState.Object(server, "delete-service.json"),
        ["error-400-strict-unknown-field.json"] = RecordedState.PolicySchema,
        ["error-403.json"] = server =>
        {
            server.Accounts["user"] = ApiAccount.Service("shop", "web");
            server.Rights.Add(new ApiRight("nobody", "", ["services"], ["list"]));
        },
        ["error-409-apply-status-parents.json"] = Routes,
        ["error-409-conflict.json"] = Routes,
        ["error-409-exists.json"] = server => RecordedState.List(server, "list-services.json"),
        ["error-410-continue.json"] = Compacted,
        ["error-410-exact.json"] = Compacted,
        ["error-422-watchlist-off.json"] = server => server.Faults.WatchListOff = true,
        ["error-429-flowcontrol.json"] = server => server.Faults.Answer = _ => ApiFailureException.TooManyRequests(),
        ["gateway-status-apply.json"] = server => RecordedState.Object(server, "gateway-status-apply.json", json => json.Remove("status")),
        ["gatewayclass-status-apply.json"] = server =>
            RecordedState.Object(server, "gatewayclass-status-apply.json", json => json.Remove("status")),
        ["lease-conflict.json"] = server => RecordedState.Object(server, "lease-renew.json"),
        ["lease-create-exists.json"] = server => RecordedState.Object(server, "lease-create.json"),
        ["lease-release.json"] = server => RecordedState.Object(server, "lease-renew.json"),
        ["lease-renew.json"] = server => RecordedState.Object(server, "lease-create.json"),
        ["list-partial-metadata.json"] = RecordedState.Namespaces,
        ["list-services-page1.json"] = server => RecordedState.List(server, "list-services.json"),
        ["pod-sidecar-image.json"] = server => RecordedState.Object(server, "pod-injected.json"),
        ["servicepolicy-status-apply.json"] = server => RecordedState.Object(server, "servicepolicy-created.json"),
        ["status-parents-put.json"] = server => RecordedState.Object(server, "status-parents-put.json", json =>
        {
            json["metadata"]!["resourceVersion"] = "445";
            json["status"]!["parents"]!.AsArray().RemoveAt(1);
        }),
        ["tokenrequest.json"] = Accounts,
        ["tokenrequest-too-short.json"] = Accounts,
        ["tokenreview-ok.json"] = Tokens,
        ["tokenreview-unbound.json"] = Tokens,
        ["tokenreview-wrong-audience.json"] = Tokens,
        ["warning-unknown-field.json"] = RecordedState.PolicySchema,
    };

    /// <summary>Headers that the recordings do not keep.</summary>
    private static readonly Dictionary<string, (string Key, string Value)> Headers = new()
    {
        ["error-401.json"] = ("Authorization", "Bearer unknown"),
        ["error-403.json"] = ("Authorization", "Bearer user"),
        ["error-403-anonymous.json"] = ("Authorization", ""),
        ["error-406.json"] = ("Accept", "text/html"),
        ["error-415.json"] = ("Content-Type", "application/strategic-merge-patch+json"),
        ["list-partial-metadata.json"] = ("Accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"),
        ["pod-sidecar-image.json"] = ("Content-Type", "application/json-patch+json"),
    };

    private FakeTimeProvider _time = null!;
    private ApiServer _server = null!;

    [SetUp]
    public async Task Open()
    {
        _time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _server = await ApiServer.StartAsync(new ApiServerOptions { Time = _time });
    }

    [TearDown]
    public ValueTask Close() => _server.DisposeAsync();

    [Test]
    public void Every_recording_is_compared_or_says_why_not()
    {
        var all = Recording.All().Where(name => name.EndsWith(".json", StringComparison.Ordinal)).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Elsewhere.Keys.Except(all), Is.Empty);
            Assert.That(States.Keys.Concat(Headers.Keys).Except(Compared()), Is.Empty);
            Assert.That(Compared().Count(), Is.EqualTo(all.Count - Elsewhere.Count).And.GreaterThan(50));
        }
    }

    [TestCaseSource(nameof(Compared))]
    public async Task The_stub_answers_as_recorded(string name)
    {
        RecordedState.Namespaces(_server);
        var state = States.GetValueOrDefault(name) ?? (name.StartsWith("list-", StringComparison.Ordinal)
            ? server => RecordedState.List(server, name)
            : _ => { });
        state(_server);
        var exchange = Recording.Exchange(name);
        using var answer = await SendAsync(exchange, name);
        await CompareAsync(answer, exchange);
    }

    [Test]
    public async Task The_second_page_continues_the_first()
    {
        RecordedState.List(_server, "list-services.json");
        using var client = _server.CreateClient();
        var first = JsonNode.Parse(await client.GetStringAsync(new Uri("/api/v1/services?limit=3", UriKind.Relative)))!;
        _ = _server.Store.Seed("services", """{"metadata":{"name":"aaa-later","namespace":"shop"},"spec":{}}""");
        using var second = await client.GetAsync(
            new Uri($"/api/v1/services?limit=3&continue={(string?)first["metadata"]!["continue"]}", UriKind.Relative));
        await CompareAsync(second, Recording.Exchange("list-services-page2.json"));
        Assert.That(
            (string?)JsonNode.Parse(await second.Content.ReadAsStringAsync())!["metadata"]!["resourceVersion"],
            Is.EqualTo((string?)first["metadata"]!["resourceVersion"]), "all pages have one version");
    }

    [Test]
    public async Task A_pod_refuses_other_changes_than_images()
    {
        const string Name = "error-422-pod-immutable.json";
        RecordedState.Object(_server, "pod-injected.json");
        var exchange = Recording.Exchange(Name);
        exchange["request"]!["contentType"] = "application/json-patch+json";
        using var answer = await SendAsync(exchange, Name);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        var recorded = exchange["response"]!["body"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)answer.StatusCode, Is.EqualTo(422));
            Assert.That((string?)body["reason"], Is.EqualTo((string?)recorded["reason"]));
            Assert.That((string?)recorded["message"], Does.StartWith((string)body["message"]!));
            Assert.That((string?)body["details"]!["causes"]![0]!["field"], Is.EqualTo("spec"));
        }
    }

    private static IEnumerable<string> Compared() =>
        Recording.All().Where(name => name.EndsWith(".json", StringComparison.Ordinal) && !Elsewhere.ContainsKey(name));

    private async Task<HttpResponseMessage> SendAsync(JsonObject exchange, string name)
    {
        using var client = _server.CreateClient();
        var recorded = exchange["request"]!;
        using var request = new HttpRequestMessage(new HttpMethod((string)recorded["method"]!), new Uri((string)recorded["path"]!, UriKind.Relative));
        var body = recorded["body"] ?? (name == "servicepolicy-status-apply.json" ? Applied(exchange) : null);
        if (body is not null)
        {
            var type = (string?)recorded["contentType"]
                ?? (request.Method == HttpMethod.Patch ? "application/apply-patch+yaml" : "application/json");
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(type));
        }

        if (Headers.TryGetValue(name, out var header))
        {
            Set(client, request, header.Key, header.Value);
        }

        // A pause of the server passes in virtual time.
        var answer = client.SendAsync(request);
        while (!answer.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            _ = await Task.WhenAny(answer, Task.Delay(5));
        }

        return await answer;
    }

    private static void Set(HttpClient client, HttpRequestMessage request, string key, string value)
    {
        if (key == "Content-Type")
        {
            request.Content!.Headers.ContentType = new MediaTypeHeaderValue(value);
            return;
        }

        if (key == "Authorization")
        {
            client.DefaultRequestHeaders.Authorization = null;
        }

        if (value.Length > 0)
        {
            request.Headers.Add(key, value);
        }
    }

    // The recording has no body; its answer shows what was applied.
    private static JsonObject Applied(JsonObject exchange)
    {
        var answer = exchange["response"]!["body"]!;
        return new JsonObject
        {
            ["apiVersion"] = answer["apiVersion"]!.DeepClone(),
            ["kind"] = answer["kind"]!.DeepClone(),
            ["metadata"] = new JsonObject { ["name"] = answer["metadata"]!["name"]!.DeepClone() },
            ["status"] = answer["status"]!.DeepClone(),
        };
    }

    private static async Task CompareAsync(HttpResponseMessage answer, JsonObject exchange)
    {
        var recorded = exchange["response"]!;
        var body = await answer.Content.ReadAsStringAsync();
        var expected = recorded["body"] is JsonValue text ? (string)text! : recorded["body"]!.ToJsonString();
        Assert.That(Normalized.Of(body), Is.EqualTo(Normalized.Of(expected)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)answer.StatusCode, Is.EqualTo((int)recorded["status"]!));
            foreach (var (key, value) in recorded["headers"]!.AsObject())
            {
                var values = answer.Headers.NonValidated.TryGetValues(key, out var found) ? string.Join(", ", found)
                    : answer.Content.Headers.NonValidated.TryGetValues(key, out found) ? string.Join(", ", found)
                    : null;
                Assert.That(values, Is.EqualTo((string?)value), key);
            }

            Assert.That(answer.Headers.Contains("Audit-Id"), Is.True);
        }
    }

    private static void Compacted(ApiServer server)
    {
        server.Store.Advance(500);
        server.Store.Compact();
    }

    // The route api, whose status another controller has applied.
    private static void Routes(ApiServer server)
    {
        RecordedState.Object(server, "status-parents-put.json", json => json.Remove("status"));
        var recorded = Recording.Exchange("status-parents-put.json")["request"]!["body"]!.DeepClone().AsObject();
        var applied = new JsonObject
        {
            ["apiVersion"] = recorded["apiVersion"]!.DeepClone(),
            ["kind"] = recorded["kind"]!.DeepClone(),
            ["metadata"] = new JsonObject { ["name"] = "api" },
            ["status"] = new JsonObject { ["parents"] = new JsonArray(recorded["status"]!["parents"]![0]!.DeepClone()) },
        };
        using var client = server.CreateClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Patch,
            new Uri("/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/api/status?fieldManager=other", UriKind.Relative))
        {
            Content = new StringContent(applied.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/apply-patch+yaml")),
        };
        using var answer = client.SendAsync(request).GetAwaiter().GetResult();
        _ = answer.EnsureSuccessStatusCode();
    }

    private static void Accounts(ApiServer server)
    {
        _ = server.Store.Seed("serviceaccounts", """{"metadata":{"name":"api","namespace":"shop","uid":"00000000-0000-4000-8000-000000000045"}}""");
        RecordedState.List(server, "list-pods.json");
    }

    private static void Tokens(ApiServer server)
    {
        foreach (var name in new[] { "tokenreview-ok.json", "tokenreview-unbound.json", "tokenreview-wrong-audience.json" })
        {
            var exchange = Recording.Exchange(name);
            var token = (string)exchange["request"]!["body"]!["spec"]!["token"]!;
            var user = exchange["response"]!["body"]!["status"]!["user"]!;
            if (user["username"] is null)
            {
                continue;
            }

            server.Accounts[token] = ApiAccount.Service("shop", "api", (string)user["uid"]!) with
            {
                Audiences = ["gatewaymesh"],
                Extra = (user["extra"] as JsonObject ?? []).ToImmutableSortedDictionary(
                    pair => pair.Key, pair => pair.Value!.AsArray().Select(item => (string)item!).ToImmutableArray()),
            };
        }
    }
}
