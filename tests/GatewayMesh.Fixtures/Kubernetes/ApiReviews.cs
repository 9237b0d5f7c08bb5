using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Questions about tokens and rights, and tokens for ServiceAccounts.</summary>
internal sealed class ApiReviews(
    ApiStore store, ConcurrentDictionary<string, ApiAccount> accounts, Func<ApiAccount, ApiAttributes, bool> allows, TimeProvider time)
{
    /// <summary>POST of a TokenReview: 201 always.</summary>
    public ApiAnswer ReviewToken(ApiCall call)
    {
        var review = call.Body();
        var (token, spec) = ((string?)review["spec"]?["token"] ?? "", review["spec"]!.AsObject());
        if (token.Length == 0)
        {
            throw ApiFailureException.BadRequest("token is required for TokenReview in authentication");
        }

        var asked = (spec["audiences"] as JsonArray)?.Select(audience => (string)audience!).ToList() ?? [ApiAccount.ApiAudience];
        return new ApiAnswer(201, new JsonObject
        {
            ["kind"] = "TokenReview",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject(),
            ["spec"] = spec.DeepClone(),
            ["status"] = StatusOf(token, asked),
        }.ToJsonString());
    }

    /// <summary>POST of a SelfSubjectAccessReview.</summary>
    public ApiAnswer ReviewAccess(ApiCall call, ApiAccount account)
    {
        var review = call.Body();
        var attributes = review["spec"]!["resourceAttributes"]!.AsObject();
        string Of(string key) => (string?)attributes[key] ?? "";

        var resource = Of("subresource").Length == 0 ? Of("resource") : $"{Of("resource")}/{Of("subresource")}";
        var asked = new ApiAttributes(Of("group"), resource, Of("verb"), Of("namespace"), Of("name"));
        return new ApiAnswer(201, new JsonObject
        {
            ["kind"] = "SelfSubjectAccessReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["metadata"] = new JsonObject(),
            ["spec"] = review["spec"]!.DeepClone(),
            ["status"] = new JsonObject { ["allowed"] = allows(account, asked) },
        }.ToJsonString());
    }

    /// <summary>POST of a TokenRequest, as the kubelet sends it.</summary>
    public ApiAnswer RequestToken(ApiCall call)
    {
        var kind = store.Find("serviceaccounts")!;
        var owner = (store.Get(kind, call.Namespace, call.Name) ?? throw ApiFailureException.NotFound(kind, call.Name)).ToJson();
        var spec = call.Body()["spec"]!.DeepClone().AsObject();
        var seconds = (int?)spec["expirationSeconds"] ?? 3600;
        if (seconds < 600)
        {
            throw ApiFailureException.Invalid("authentication.k8s.io", "TokenRequest", "", [(
                "FieldValueInvalid",
                string.Create(CultureInfo.InvariantCulture, $"Invalid value: {seconds}: may not specify a duration less than 10 minutes"),
                "spec.expirationSeconds")]);
        }

        var audiences = (spec["audiences"] as JsonArray)?.Select(audience => (string)audience!).ToList() ?? [ApiAccount.ApiAudience];
        spec["audiences"] ??= new JsonArray(ApiAccount.ApiAudience);
        var account = ApiAccount.Service(call.Namespace, call.Name, (string)owner["metadata"]!["uid"]!) with { Audiences = [.. audiences] };
        if (spec["boundObjectRef"] is JsonObject pod)
        {
            account = Bound(account, call, pod);
        }

        var token = TokenOf(account);
        accounts[token] = account;
        return new ApiAnswer(201, new JsonObject
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = call.Name,
                ["namespace"] = call.Namespace,
                ["uid"] = account.Uid,
                ["creationTimestamp"] = store.Now(),
            },
            ["spec"] = spec,
            ["status"] = new JsonObject
            {
                ["token"] = token,
                ["expirationTimestamp"] = time.GetUtcNow().AddSeconds(seconds).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            },
        }.ToJsonString());
    }

    private ApiAccount Bound(ApiAccount account, ApiCall call, JsonObject reference)
    {
        var kind = store.Find("pods")!;
        var name = (string)reference["name"]!;
        var pod = (store.Get(kind, call.Namespace, name) ?? throw ApiFailureException.NotFound(kind, name)).ToJson();
        var uid = (string)pod["metadata"]!["uid"]!;
        if ((string?)reference["uid"] is { Length: > 0 } given && given != uid)
        {
            throw ApiFailureException.Of(
                409,
                "Conflict",
                $"Operation cannot be fulfilled on Pod \"{name}\": the UID in the bound object reference ({given}) does not match the UID in record. The object might have been deleted and then recreated",
                ApiFailureException.Named(kind, name, "Pod"));
        }

        if ((string?)pod["spec"]?["serviceAccountName"] != call.Name)
        {
            throw ApiFailureException.BadRequest($"cannot bind token for serviceaccount \"{call.Name}\" to pod running with different serviceaccount name.");
        }

        var extra = account.Extra
            .Add("authentication.kubernetes.io/credential-id", [$"JTI={store.NewId()}"])
            .Add("authentication.kubernetes.io/pod-name", [name])
            .Add("authentication.kubernetes.io/pod-uid", [uid]);
        if ((string?)pod["spec"]?["nodeName"] is { } node)
        {
            extra = extra.Add("authentication.kubernetes.io/node-name", [node]);
            if (store.Get(store.Find("nodes")!, "", node) is { } stored)
            {
                extra = extra.Add("authentication.kubernetes.io/node-uid", [(string)stored.ToJson()["metadata"]!["uid"]!]);
            }
        }

        return account with { Extra = extra };
    }

    private JsonObject StatusOf(string token, List<string> asked)
    {
        if (!accounts.TryGetValue(token, out var account))
        {
            return new JsonObject { ["user"] = new JsonObject(), ["error"] = "invalid bearer token" };
        }

        if (account.Audiences.Intersect(asked).ToList() is not { Count: > 0 } shared)
        {
            string List(IEnumerable<string> words) => string.Join(' ', words.Select(word => $"\"{word}\""));
            return new JsonObject
            {
                ["user"] = new JsonObject(),
                ["error"] = $"[invalid bearer token, token audiences [{List(account.Audiences)}] is invalid for the target audiences [{List(asked)}]]",
            };
        }

        var user = new JsonObject
        {
            ["username"] = account.Username,
            ["uid"] = account.Uid,
            ["groups"] = new JsonArray([.. account.Groups.Select(group => (JsonNode)group!)]),
        };
        if (!account.Extra.IsEmpty)
        {
            user["extra"] = new JsonObject(account.Extra.Select(pair => KeyValuePair.Create(
                pair.Key, (JsonNode?)new JsonArray([.. pair.Value.Select(value => (JsonNode)value!)]))));
        }

        return new JsonObject
        {
            ["authenticated"] = true,
            ["user"] = user,
            ["audiences"] = new JsonArray([.. shared.Select(audience => (JsonNode)audience!)]),
        };
    }

    // The form of a token, without a signature: the stub knows its tokens.
    private string TokenOf(ApiAccount account)
    {
        var claims = new JsonObject
        {
            ["sub"] = account.Username,
            ["aud"] = new JsonArray([.. account.Audiences.Select(audience => (JsonNode)audience!)]),
            ["jti"] = store.NewId(),
        };
        string Part(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return $"{Part("{\"alg\":\"none\"}")}.{Part(claims.ToJsonString())}.stub";
    }
}
