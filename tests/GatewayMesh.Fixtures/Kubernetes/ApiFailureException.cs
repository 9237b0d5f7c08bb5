using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>An answer of the stub that is not 2xx. Thrown where it is found, written in one place.</summary>
public sealed class ApiFailureException : Exception
{
    private ApiFailureException(int code, string body, bool isText)
        : base(body) => (Code, Body, IsText) = (code, body, isText);

    public int Code { get; }

    public string Body { get; }

    /// <summary>True for plain text, false for a Status object.</summary>
    public bool IsText { get; }

    /// <summary>Seconds of <c>Retry-After</c>; 0: none.</summary>
    public int RetryAfter { get; init; }

    /// <summary>Pause before the answer.</summary>
    public TimeSpan Delay { get; init; }

    public static ApiFailureException Text(int code, string text) => new(code, text, isText: true);

    /// <summary>The plain text for a path or kind that is not served.</summary>
    public static ApiFailureException NoPath() => Text(404, "404 page not found\n");

    /// <summary>The plain text of flow control.</summary>
    public static ApiFailureException TooManyRequests(int seconds = 1) =>
        new(429, "Too many requests, please try again later.\n", isText: true) { RetryAfter = seconds };

    public static ApiFailureException Of(
        int code, string reason, string message, JsonObject? details = null, int retryAfter = 0, TimeSpan delay = default) =>
        new(code, Status(code, reason, message, details).ToJsonString(), isText: false) { RetryAfter = retryAfter, Delay = delay };

    public static ApiFailureException NotFound(ApiKind kind, string name) =>
        Of(404, "NotFound", $"{kind.Resource} \"{name}\" not found", Named(kind, name, kind.Plural));

    public static ApiFailureException Exists(ApiKind kind, string name) =>
        Of(409, "AlreadyExists", $"{kind.Resource} \"{name}\" already exists", Named(kind, name, kind.Plural));

    public static ApiFailureException Conflict(ApiKind kind, string name) => Of(
        409,
        "Conflict",
        $"Operation cannot be fulfilled on {kind.Resource} \"{name}\": the object has been modified; please apply your changes to the latest version and try again",
        Named(kind, name, kind.Plural));

    public static ApiFailureException BadRequest(string message) => Of(400, "BadRequest", message);

    public static ApiFailureException Expired(string message, string? next = null)
    {
        var status = Status(410, "Expired", message, null);
        if (next is not null)
        {
            status["metadata"] = new JsonObject { ["continue"] = next };
        }

        return new ApiFailureException(410, status.ToJsonString(), isText: false);
    }

    /// <summary>422 with all causes: reason, message, field.</summary>
    public static ApiFailureException Invalid(
        string group, string kind, string name, IReadOnlyList<(string Reason, string Message, string Field)> causes)
    {
        var texts = causes.Select(cause => $"{cause.Field}: {cause.Message}").ToList();
        var message = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        var details = new JsonObject();
        Add(details, "name", name);
        Add(details, "group", group);
        details["kind"] = kind;
        details["causes"] = new JsonArray([
            .. causes.Select(cause => new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message, ["field"] = cause.Field }),
        ]);
        var qualified = group.Length == 0 ? kind : $"{kind}.{group}";
        return Of(422, "Invalid", $"{qualified} \"{name}\" is invalid: {message}", details);
    }

    public static JsonObject Status(int code, string reason, string message, JsonObject? details)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
        };
        Add(status, "reason", reason);
        if (details is not null)
        {
            status["details"] = details;
        }

        status["code"] = code;
        return status;
    }

    internal static JsonObject Named(ApiKind kind, string name, string kindName)
    {
        var details = new JsonObject();
        Add(details, "name", name);
        Add(details, "group", kind.Group);
        details["kind"] = kindName;
        return details;
    }

    private static void Add(JsonObject to, string key, string value)
    {
        if (value.Length > 0)
        {
            to[key] = value;
        }
    }
}
