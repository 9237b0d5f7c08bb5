using System.Text.Json;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>Reads <c>/v1/kv/FOLDER?recurse</c>.</summary>
internal static class KeyValues
{
    /// <summary>
    /// Keys and values. An empty value is an empty array; null marks a value that was too large to keep. The body of a missing folder (404)
    /// is empty.
    /// </summary>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    /// <exception cref="InvalidOperationException">The JSON is not a list of keys.</exception>
    public static List<(string Key, byte[]? Value)> Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return [];
        }

        using var document = ConsulJson.Parse(body);
        return [
            .. document.RootElement.EnumerateArray().Select(
                item => (item.GetProperty("Key").GetString() ?? "", ValueOf(item.GetProperty("Value"))))];
    }

    private static byte[]? ValueOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? [] : value.ValueEquals(AnswerBody.LeftOut) ? null : value.GetBytesFromBase64();
}
