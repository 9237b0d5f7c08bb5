using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>A request to the stub: its path, query, and body in the terms of the API.</summary>
public sealed class ApiCall
{
    private readonly Dictionary<string, string> _query;

    private ApiCall(string method, string path, string query, string[] parts)
    {
        Method = method;
        Path = path;
        Target = path + query;
        _query = QueryHelpers.ParseQuery(query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        (Group, Version) = parts[0] == "api" ? ("", parts[1]) : (parts[1], parts[2]);
        var rest = parts[(parts[0] == "api" ? 2 : 3)..];
        if (rest is ["namespaces", var space, _, ..])
        {
            // namespaces/NAME/status is a subresource, not a kind in a namespace.
            var isOwn = Group.Length == 0 && rest is [_, _, "status" or "finalize"];
            (Namespace, rest) = isOwn ? ("", rest) : (Uri.UnescapeDataString(space), rest[2..]);
        }

        Plural = rest.Length > 0 ? rest[0] : "";
        Name = rest.Length > 1 ? Uri.UnescapeDataString(rest[1]) : "";
        Subresource = rest.Length > 2 ? string.Join('/', rest[2..]) : "";
    }

    public string Method { get; }

    /// <summary>Path without the query.</summary>
    public string Path { get; }

    /// <summary>Path with the query.</summary>
    public string Target { get; }

    public string Group { get; }

    public string Version { get; }

    /// <summary>Namespace; empty for the cluster.</summary>
    public string Namespace { get; } = "";

    public string Plural { get; }

    /// <summary>Name; empty for all objects.</summary>
    public string Name { get; }

    /// <summary>Subresource; empty for the object.</summary>
    public string Subresource { get; }

    /// <summary>True for a watch.</summary>
    public bool IsWatch => Has("watch") && this["watch"] is "true" or "1";

    /// <summary>True for a dry run.</summary>
    public bool IsDryRun => this["dryRun"] == "All";

    /// <summary>Verb, as rights name it.</summary>
    public string Verb => Method switch
    {
        "GET" => IsWatch ? "watch" : Name.Length == 0 ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => Method.ToLowerInvariant(),
    };

    /// <summary>Action of the request, as rights see it. A field selector <c>metadata.name=NAME</c> names the object of a list.</summary>
    internal ApiAttributes Attributes => new(
        Group, Subresource.Length == 0 ? Plural : $"{Plural}/{Subresource}", Verb, Namespace, Name.Length > 0 ? Name : SelectedName);

    private string SelectedName =>
        this["fieldSelector"] is { } fields && fields.StartsWith("metadata.name=", StringComparison.Ordinal)
            ? fields["metadata.name=".Length..]
            : "";

    public string Accept { get; private set; } = "";

    public string ContentType { get; private set; } = "";

    public string Token { get; private set; } = "";

    /// <summary>Manager of written fields: the parameter, or the user agent up to the slash.</summary>
    public string Manager { get; private set; } = "";

    /// <summary>Whole user agent.</summary>
    public string Agent { get; private set; } = "";

    /// <summary>HTTP version, such as <c>HTTP/2</c>.</summary>
    public string Protocol { get; private set; } = "";

    /// <summary>Body as text; empty: none.</summary>
    public string Text { get; private set; } = "";

    /// <summary>A parameter of the query; null: absent.</summary>
    public string? this[string key] => _query.GetValueOrDefault(key);

    public bool Has(string key) => _query.ContainsKey(key);

    /// <summary>The body as an object.</summary>
    public JsonObject Body()
    {
        try
        {
            return JsonNode.Parse(Text) as JsonObject ?? throw ApiFailureException.BadRequest("the body is not an object");
        }
        catch (JsonException failure)
        {
            throw ApiFailureException.BadRequest($"the object provided is unrecognized: {failure.Message}");
        }
    }

    /// <summary>Reads a request. Null: the path is not one of the API's resources.</summary>
    internal static async Task<ApiCall?> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        var parts = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not (["api", _, _, ..] or ["apis", _, _, _, ..]))
        {
            return null;
        }

        using var reader = new StreamReader(request.Body);
        var authorization = request.Headers.Authorization.ToString();
        var agent = request.Headers.UserAgent.ToString();
        var call = new ApiCall(request.Method, request.Path.Value!, request.QueryString.Value ?? "", parts)
        {
            Accept = request.Headers.Accept.ToString(),
            ContentType = request.ContentType?.Split(';')[0] ?? "",
            Token = authorization.StartsWith("Bearer ", StringComparison.Ordinal) ? authorization["Bearer ".Length..] : "",
            Agent = agent,
            Protocol = request.Protocol,
            Text = await reader.ReadToEndAsync(context.RequestAborted),
        };
        call.Manager = call["fieldManager"] ?? agent.Split('/')[0];
        return call;
    }
}
