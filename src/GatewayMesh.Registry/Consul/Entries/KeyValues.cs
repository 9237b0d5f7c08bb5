using System.Text.Json;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>Reads <c>/v1/kv/FOLDER?recurse</c>.</summary>
internal static class KeyValues
{
    /// <summary>
    /// Keys and values; an empty value is empty bytes, and null stands for one that is too large and was not kept. The body of a folder that is not there (404)
    /// is empty.
    /// </summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidOperationException">It is another JSON than a list of keys.</exception>
    public static List<(string Key, byte[]? Value)> Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return [];
        }

        using var document = ConsulJson.Parse(body);
        return [.. document.RootElement.EnumerateArray().Select(item => (item.GetProperty("Key").GetString() ?? "", ValueOf(item.GetProperty("Value"))))];
    }

    private static byte[]? ValueOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? [] : value.ValueEquals(AnswerBody.LeftOut) ? null : value.GetBytesFromBase64();
}
