using System.Text.Json.Nodes;
using GatewayMesh.Fixtures.Kubernetes;

namespace GatewayMesh.Registry.Tests.Kubernetes.Stub;

/// <summary>The state of a stub, taken from recordings.</summary>
internal static class RecordedState
{
    /// <summary>Fields of our policies in the CRD of the recordings.</summary>
    private static readonly HashSet<string> PolicyFields =
    [
        "targetRefs", "timeouts", "retries", "hedging", "sidecarBypass", "loadBalancing", "ejection", "limits", "shedding", "adaptiveConcurrency",
    ];

    /// <summary>The namespaces of the recorded cluster.</summary>
    public static void Namespaces(ApiServer server)
    {
        foreach (var item in Items("list-namespaces.json"))
        {
            _ = server.Store.Seed("namespaces", item);
        }
    }

    /// <summary>The objects of a recorded list.</summary>
    public static void List(ApiServer server, string name)
    {
        var plural = PluralOf(name);
        foreach (var item in Items(name))
        {
            _ = server.Store.Seed(plural, item);
        }
    }

    /// <summary>The object of a recorded answer, changed.</summary>
    public static void Object(ApiServer server, string name, Action<JsonObject>? change = null)
    {
        var json = Recording.Exchange(name)["response"]!["body"]!.DeepClone().AsObject();
        change?.Invoke(json);
        _ = server.Store.Seed(PluralOf(name), json);
    }

    /// <summary>The policies, with the fields of the recorded CRD only.</summary>
    public static void PolicySchema(ApiServer server) =>
        server.Store.Install(server.Store.Find("servicepolicies")! with { SpecFields = PolicyFields });

    /// <summary>The items of a recorded list.</summary>
    public static IEnumerable<JsonObject> Items(string name) =>
        Recording.Exchange(name)["response"]!["body"]!["items"]!.AsArray().Select(item => item!.AsObject());

    /// <summary>The plural in the path of a recorded request.</summary>
    public static string PluralOf(string name) => PluralIn((string)Recording.Exchange(name)["request"]!["path"]!);

    /// <summary>The plural in a path.</summary>
    public static string PluralIn(string path)
    {
        var parts = path.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        var rest = parts[(parts[0] == "api" ? 2 : 3)..];
        return rest is ["namespaces", _, var plural, ..] ? plural : rest[0];
    }
}
