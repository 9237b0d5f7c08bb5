using System.Text.Json;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>What an agent itself holds, as far as registering asks. Pure readers; an answer that is no such JSON is an <see cref="IOException"/>.</summary>
internal static class AgentState
{
    /// <summary>The node that a registration names as its own in its <c>Meta</c>, or null: the answer of <c>/v1/agent/service/ID</c>.</summary>
    /// <exception cref="IOException">It is not what Consul answers.</exception>
    public static string? OwnerOf(ConsulAnswer answer) => Read(answer, root =>
        root.TryGetProperty("Meta", out var meta) && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty(MetaKeys.Node, out var node) ? node.GetString() : null);

    /// <summary>The keys of an answer that is an object: ids of <c>/v1/agent/services</c> and <c>/v1/agent/checks</c>.</summary>
    /// <exception cref="IOException">It is not what Consul answers.</exception>
    public static List<string> Ids(ConsulAnswer answer) => Read(answer, root => root.EnumerateObject().Select(item => item.Name).ToList());

    /// <summary>The <c>Notes</c> of a check among <c>/v1/agent/checks</c>, or null when it is not there.</summary>
    /// <exception cref="IOException">It is not what Consul answers.</exception>
    public static string? NotesOf(ConsulAnswer answer, string check) => Read(answer, root =>
        root.TryGetProperty(check, out var item) && item.TryGetProperty("Notes", out var notes) ? notes.GetString() ?? "" : null);

    /// <summary>The id that <c>/v1/session/create</c> answers with.</summary>
    /// <exception cref="IOException">It is not what Consul answers.</exception>
    public static string SessionId(ConsulAnswer answer) => Read(answer, root => root.GetProperty("ID").GetString()!);

    private static T Read<T>(ConsulAnswer answer, Func<JsonElement, T> read)
    {
        try
        {
            using var document = ConsulJson.Parse(answer.Body);
            return read(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new IOException($"{answer.Agent.Name} answered what Consul does not: {failure.Message}", failure);
        }
    }
}
