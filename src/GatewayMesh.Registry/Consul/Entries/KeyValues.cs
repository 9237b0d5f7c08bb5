using System.Text.Json;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>Reads <c>/v1/kv/FOLDER?recurse</c>.</summary>
internal static class KeyValues
{
    /// <summary>Keys and values; an empty value is empty bytes. The body of a folder that is not there (404) is empty.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidOperationException">It is another JSON than a list of keys.</exception>
    public static List<(string Key, byte[] Value)> Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return [];
        }

        using var document = JsonDocument.Parse(body);
        return
        [
            .. document.RootElement.EnumerateArray().Select(item =>
                (item.GetProperty("Key").GetString() ?? "", item.GetProperty("Value").ValueKind == JsonValueKind.Null ? [] : item.GetProperty("Value").GetBytesFromBase64())),
        ];
    }
}
