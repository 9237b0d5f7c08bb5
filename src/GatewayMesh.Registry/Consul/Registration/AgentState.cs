using System.Text.Json;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>Parses an agent's answers about its registrations. Pure. Invalid JSON is an <see cref="IOException"/>.</summary>
internal static class AgentState
{
    /// <summary>The owning node in the <c>Meta</c> of a registration, or null: the answer to <c>/v1/agent/service/ID</c>.</summary>
    /// <exception cref="IOException">The answer is not valid.</exception>
    public static string? OwnerOf(ConsulAnswer answer) => Read(answer, root =>
        root.TryGetProperty("Meta", out var meta)
            && meta.ValueKind == JsonValueKind.Object
            && meta.TryGetProperty(MetaKeys.Node, out var node)
            ? node.GetString()
            : null);

    /// <summary>The keys of an answer that is an object: ids of <c>/v1/agent/services</c> and <c>/v1/agent/checks</c>.</summary>
    /// <exception cref="IOException">The answer is not valid.</exception>
    public static List<string> Ids(ConsulAnswer answer) => Read(answer, root => root.EnumerateObject().Select(item => item.Name).ToList());

    /// <summary>The <c>Notes</c> of a check in <c>/v1/agent/checks</c>, or null if there is no such check.</summary>
    /// <exception cref="IOException">The answer is not valid.</exception>
    public static string? NotesOf(ConsulAnswer answer, string check) => Read(answer, root =>
        root.TryGetProperty(check, out var item) && item.TryGetProperty("Notes", out var notes) ? notes.GetString() ?? "" : null);

    /// <summary>The id in the answer to <c>/v1/session/create</c>.</summary>
    /// <exception cref="IOException">The answer is not valid.</exception>
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
            throw new IOException($"the answer of {answer.Agent.Name} is not a valid Consul answer: {failure.Message}", failure);
        }
    }
}
