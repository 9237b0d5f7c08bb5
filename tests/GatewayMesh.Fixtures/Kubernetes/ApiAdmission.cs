using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Calls of mutating webhooks when a pod is created, as the API server makes them.</summary>
internal sealed class ApiAdmission(ApiStore store)
{
    /// <summary>Where a webhook's Service is reached, by <c>NAMESPACE/NAME</c>: a test has no cluster network.</summary>
    public ConcurrentDictionary<string, IPEndPoint> Services { get; } = new();

    /// <summary>Calls all webhooks whose rules match. Returns their warnings.</summary>
    public async Task<IReadOnlyList<string>> MutateAsync(ApiKind kind, JsonObject pod, ApiCall call, ApiAccount account)
    {
        var warnings = new List<string>();
        var matching = Configurations().Where(webhook => Matches(webhook, kind, call)).ToList();
        foreach (var webhook in matching)
        {
            warnings.AddRange(await TryAsync(webhook, kind, pod, call, account).ConfigureAwait(false));
        }

        // The ServiceAccount plugin runs again for what a webhook added, and then those that want to see it.
        foreach (var container in ApiDefaults.List(pod["spec"]!["initContainers"]))
        {
            ApiDefaults.Container(container);
        }

        if (matching.Count > 0 && ApiDefaults.MountToken(pod))
        {
            foreach (var webhook in matching.Where(webhook => (string?)webhook["reinvocationPolicy"] == "IfNeeded"))
            {
                _ = await TryAsync(webhook, kind, pod, call, account).ConfigureAwait(false);
            }
        }

        return warnings;
    }

    private IEnumerable<JsonObject> Configurations() => store
        .Snapshot(store.Find("mutatingwebhookconfigurations")!).Values
        .SelectMany(stored => ApiDefaults.List(stored.ToJson()["webhooks"]).ToList());

    private bool Matches(JsonObject webhook, ApiKind kind, ApiCall call)
    {
        var isRuled = ApiDefaults.List(webhook["rules"]).Any(rule =>
            Has(rule["operations"], "CREATE") && Has(rule["resources"], kind.Plural) && Has(rule["apiGroups"], kind.Group));
        var space = store.Get(store.Find("namespaces", "")!, "", call.Namespace);
        return isRuled && SelectorMatches(webhook["namespaceSelector"] as JsonObject, space?.Labels ?? new Dictionary<string, string>());
    }

    private static bool Has(JsonNode? list, string value) =>
        (list as JsonArray)?.Any(item => (string?)item == value || (string?)item == "*") == true;

    private static bool SelectorMatches(JsonObject? selector, IReadOnlyDictionary<string, string> labels)
    {
        var equal = (selector?["matchLabels"] as JsonObject)?.All(pair => labels.GetValueOrDefault(pair.Key) == (string?)pair.Value) ?? true;
        return equal && ApiDefaults.List(selector?["matchExpressions"]).All(term =>
        {
            var has = labels.TryGetValue((string)term["key"]!, out var value);
            var isListed = has && Has(term["values"], value!);
            return (string)term["operator"]! switch
            {
                "In" => isListed,
                "NotIn" => !isListed,
                "Exists" => has,
                _ => !has,
            };
        });
    }

    private async Task<IReadOnlyList<string>> TryAsync(JsonObject webhook, ApiKind kind, JsonObject pod, ApiCall call, ApiAccount account)
    {
        var name = (string)webhook["name"]!;
        JsonObject response;
        try
        {
            response = await AskAsync(webhook, Review(kind, pod, call, account)).ConfigureAwait(false);
        }
        catch (Exception failure) when (
            failure is HttpRequestException or OperationCanceledException or InvalidOperationException or JsonException)
        {
            return (string?)webhook["failurePolicy"] == "Ignore" ? [] : throw Failed(name, failure.Message);
        }

        if (response["allowed"] is not JsonValue allowed || !(bool)allowed)
        {
            throw Denied(name, response["status"] as JsonObject);
        }

        if ((string?)response["patch"] is { } patch)
        {
            try
            {
                JsonChanges.Patch(pod, JsonNode.Parse(Convert.FromBase64String(patch))!.AsArray());
            }
            catch (InvalidOperationException failure)
            {
                // Not forgiven by failurePolicy: Ignore.
                throw ApiFailureException.Of(500, "InternalError", $"Internal error occurred: {failure.Message}");
            }
        }

        return [.. (response["warnings"] as JsonArray)?.Select(warning => (string)warning!) ?? []];
    }

    private async Task<JsonObject> AskAsync(JsonObject webhook, JsonObject review)
    {
        var config = webhook["clientConfig"]!.AsObject();
        var seconds = (int)webhook["timeoutSeconds"]!;
        var (uri, target, shown) = Target(config, seconds);
        using var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = Trust((string?)config["caBundle"]) };
        handler.ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(target ?? (EndPoint)context.DnsEndPoint, cancellation).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(seconds) };
        using var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Content = new StringContent(review.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.UserAgent.ParseAdd("kube-apiserver-admission");
        request.Headers.Accept.ParseAdd("application/json, */*");
        HttpResponseMessage answer;
        try
        {
            answer = await client.SendAsync(request).ConfigureAwait(false);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.ConnectionError)
        {
            throw new InvalidOperationException($"Post \"{uri.OriginalString}\": dial tcp {shown}: connect: connection refused", failure);
        }

        using (answer)
        {
            return answer.IsSuccessStatusCode
                ? Answer(JsonNode.Parse(await answer.Content.ReadAsStringAsync().ConfigureAwait(false))!.AsObject(), review)
                : throw new InvalidOperationException("an error on the server (\"unknown\") has prevented the request from succeeding");
        }
    }

    private static JsonObject Answer(JsonObject answer, JsonObject review)
    {
        var response = answer["response"] as JsonObject ?? throw new InvalidOperationException("Webhook response was absent");
        var (uid, asked) = ((string?)response["uid"], (string?)review["request"]!["uid"]);
        return uid != asked ? throw new InvalidOperationException($"expected response.uid=\"{asked}\", got \"{uid}\"")
            : response["patch"] is not null && (string?)response["patchType"] != "JSONPatch"
                ? throw new InvalidOperationException("webhook returned response.patch but not response.patchType")
                : response;
    }

    private (Uri Uri, IPEndPoint? Target, string Shown) Target(JsonObject config, int seconds)
    {
        if (config["service"] is not JsonObject service)
        {
            var url = new Uri((string)config["url"]!);
            return (new Uri($"{url}?timeout={seconds}s"), null, url.Authority);
        }

        var (space, name, port) = ((string)service["namespace"]!, (string)service["name"]!, (int)service["port"]!);
        var uri = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://{name}.{space}.svc:{port}{(string?)service["path"]}?timeout={seconds}s"));
        var clusterIP = (string?)store.Get(store.Find("services", "")!, space, name)?.ToJson()["spec"]?["clusterIP"] ?? "<none>";
        return (
            uri,
            Services.GetValueOrDefault($"{space}/{name}") ?? new IPEndPoint(IPAddress.Loopback, 1),
            string.Create(CultureInfo.InvariantCulture, $"{clusterIP}:{port}"));
    }

    private static SslClientAuthenticationOptions Trust(string? bundle)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        var pem = bundle is null ? "" : Encoding.UTF8.GetString(Convert.FromBase64String(bundle));
        if (pem.Contains("BEGIN", StringComparison.Ordinal))
        {
            policy.CustomTrustStore.ImportFromPem(pem);
        }

        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    private JsonObject Review(ApiKind kind, JsonObject pod, ApiCall call, ApiAccount account)
    {
        JsonObject Name(string word, string value) =>
            new() { ["group"] = kind.Group, ["version"] = kind.Version, [word] = value };

        var request = new JsonObject
        {
            ["uid"] = store.NewId(),
            ["kind"] = Name("kind", kind.Kind),
            ["resource"] = Name("resource", kind.Plural),
            ["requestKind"] = Name("kind", kind.Kind),
            ["requestResource"] = Name("resource", kind.Plural),
        };
        if ((string?)pod["metadata"]!["name"] is { } name)
        {
            request["name"] = name;
        }

        request["namespace"] = call.Namespace;
        request["operation"] = "CREATE";
        request["userInfo"] = new JsonObject
        {
            ["username"] = account.Username,
            ["uid"] = account.Uid,
            ["groups"] = new JsonArray([.. account.Groups.Select(group => (JsonNode)group!)]),
        };
        var seen = pod.DeepClone().AsObject();
        seen["kind"] = kind.Kind;
        seen["apiVersion"] = kind.ApiVersion;
        request["object"] = seen;
        request["oldObject"] = null;
        request["dryRun"] = call.IsDryRun;
        var options = new JsonObject { ["kind"] = "CreateOptions", ["apiVersion"] = "meta.k8s.io/v1" };
        if (call.IsDryRun)
        {
            options["dryRun"] = new JsonArray("All");
        }

        request["options"] = options;
        return new JsonObject { ["kind"] = "AdmissionReview", ["apiVersion"] = "admission.k8s.io/v1", ["request"] = request };
    }

    private static ApiFailureException Failed(string name, string message)
    {
        var text = $"failed calling webhook \"{name}\": failed to call webhook: {message}";
        return ApiFailureException.Of(
            500, "InternalError", $"Internal error occurred: {text}", new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = text }) });
    }

    private static ApiFailureException Denied(string name, JsonObject? status)
    {
        var message = (string?)status?["message"];
        var reason = (string?)status?["reason"] ?? "";
        return ApiFailureException.Of(
            (int?)status?["code"] ?? 403,
            reason,
            $"admission webhook \"{name}\" denied the request{(message is null ? " without explanation" : $": {message}")}");
    }
}
