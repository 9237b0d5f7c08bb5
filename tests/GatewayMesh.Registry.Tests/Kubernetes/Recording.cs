using System.Text.Json.Nodes;

namespace GatewayMesh.Registry.Tests.Kubernetes;

/// <summary>Requests and answers recorded at a Kubernetes 1.36.2 API server.</summary>
internal static class Recording
{
    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Kubernetes", "Recordings");

    /// <summary>Names of all recordings.</summary>
    public static IEnumerable<string> All() =>
        Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);

    /// <summary>Lines of a recorded watch.</summary>
    public static string[] Lines(string name) => File.ReadAllLines(Path.Combine(Folder, name));

    /// <summary>A recorded request with its answer.</summary>
    public static JsonObject Exchange(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)))!.AsObject();

    /// <summary>The body of a recorded answer.</summary>
    public static string Body(string name) =>
        Exchange(name)["response"]!["body"] is JsonValue text ? (string)text! : Exchange(name)["response"]!["body"]!.ToJsonString();
}
