using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Lists: versions, pages, selectors.</summary>
internal static class ApiLists
{
    private static readonly TimeSpan TooLargeDelay = TimeSpan.FromSeconds(3);

    /// <summary>Answers a GET for all objects of a kind.</summary>
    public static ApiAnswer List(ApiStore store, ApiKind kind, ApiCall call)
    {
        var selector = Selector.Of(call, kind);
        var limit = int.TryParse(call["limit"], out var most) && call["resourceVersion"] != "0" ? most : 0;
        var token = call["continue"] is { Length: > 0 } text ? PageToken.Read(text) : null;
        var (objects, version) = Objects(store, kind, call, token);
        var start = token?.Start ?? "";
        var rest = objects.Values
            .Where(stored => start.Length == 0 || string.CompareOrdinal(stored.Key, start) > 0)
            .Where(selector.Matches)
            .ToList();
        var page = limit > 0 ? rest.Take(limit).ToList() : rest;
        var left = rest.Count - page.Count;
        return new ApiAnswer(200, Write(kind, call, page, version, left));
    }

    /// <summary>Answers a GET for one object.</summary>
    public static ApiAnswer Get(ApiStore store, ApiKind kind, ApiCall call) =>
        store.Get(kind, call.Namespace, call.Name) is { } stored
            ? new ApiAnswer(200, IsPartial(call) ? stored.Partial : stored.Text)
            : throw ApiFailureException.NotFound(kind, call.Name);

    /// <summary>True if the caller asks for metadata only.</summary>
    public static bool IsPartial(ApiCall call) => call.Accept.Contains("as=PartialObjectMetadata", StringComparison.Ordinal);

    private static (ImmutableSortedDictionary<string, StoredObject> Objects, long Version) Objects(
        ApiStore store, ApiKind kind, ApiCall call, PageToken? token)
    {
        if (token is not null)
        {
            return AtToken(store, kind, call, token);
        }

        var (objects, now) = store.Now(kind);
        var (text, match) = (call["resourceVersion"] ?? "", call["resourceVersionMatch"] ?? "");
        if (match.Length > 0 && (text.Length == 0 || (match == "Exact" && text == "0")))
        {
            throw ApiFailureException.Invalid("meta.k8s.io", "ListOptions", "", [(
                "FieldValueForbidden",
                $"Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided{(text == "0" ? " and not 0" : "")}",
                "resourceVersionMatch")]);
        }

        if (text is "" or "0")
        {
            return (objects, now);
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw ApiFailureException.BadRequest($"Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
        }

        if (version > now)
        {
            throw TooLarge(version, now);
        }

        if (match != "Exact")
        {
            return (objects, now);
        }

        return version < store.Compacted
            ? throw ApiFailureException.Expired("The resourceVersion for the provided list is too old.")
            : (store.At(kind, version), version);
    }

    private static (ImmutableSortedDictionary<string, StoredObject> Objects, long Version) AtToken(
        ApiStore store, ApiKind kind, ApiCall call, PageToken token)
    {
        if (call.Has("resourceVersion"))
        {
            throw ApiFailureException.BadRequest("specifying resource version is not allowed when using continue");
        }

        if (token.Version < 0)
        {
            return store.Now(kind);
        }

        return token.Version >= store.Compacted ? (store.At(kind, token.Version), token.Version) : throw ApiFailureException.Expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
            new PageToken(-1, token.Start).Write());
    }

    private static ApiFailureException TooLarge(long version, long now) => ApiFailureException.Of(
        504,
        "Timeout",
        string.Create(CultureInfo.InvariantCulture, $"Timeout: Too large resource version: {version}, current: {now}"),
        new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject
            {
                ["reason"] = "ResourceVersionTooLarge",
                ["message"] = "Too large resource version",
            }),
            ["retryAfterSeconds"] = 1,
        },
        retryAfter: 1,
        delay: TooLargeDelay);

    private static string Write(ApiKind kind, ApiCall call, List<StoredObject> page, long version, int left)
    {
        var isPartial = IsPartial(call);
        var meta = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (left > 0)
        {
            meta["continue"] = new PageToken(version, page[^1].Key).Write();
            meta["remainingItemCount"] = left;
        }
        else if (kind.IsCustom && !isPartial)
        {
            meta["continue"] = "";
        }

        var (name, api) = isPartial ? ("PartialObjectMetadata", "meta.k8s.io/v1") : (kind.Kind, kind.ApiVersion);
        var text = new StringBuilder().Append(
            CultureInfo.InvariantCulture, $"{{\"kind\":\"{name}List\",\"apiVersion\":\"{api}\",\"metadata\":{meta.ToJsonString()},\"items\":[");
        return text.AppendJoin(',', page.Select(stored => isPartial ? stored.Partial : stored.Item)).Append("]}\n").ToString();
    }
}
